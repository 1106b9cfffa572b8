"""The subcommands, by the words that people type."""

from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import bot.commands
from bot.changes.errors import ErrorCode, UserError
from bot.commands.registry import Registry, discover
from bot.commands.subcommand import Subcommand
from tests.commands.greeting import GREET

REGISTRY = Registry([*discover(), GREET], "/token")


def test_every_module_with_a_subcommand_is_found() -> None:
    """One file in the package adds one subcommand, whose name is the file's."""
    files = [
        path
        for path in Path(bot.commands.__path__[0]).glob("*.py")
        if "\nSUBCOMMAND = " in path.read_text(encoding="utf-8")
    ]

    assert len(files) > 10
    assert sorted(each.name for each in discover()) == sorted(path.stem for path in files)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("disable", "disable"),
        ("revoke", "disable"),
        ("inactive", "disable"),
        ("deactivate", "disable"),
        ("enable", "enable"),
        ("active", "enable"),
        ("activate", "enable"),
        ("rename", "describe"),
        ("find", "list"),
        ("ls", "list"),
        ("DISABLE", "disable"),
        ("Ls", "list"),
        ("hello", "greet"),
    ],
)
def test_names_and_aliases_in_any_case(word: str, name: str) -> None:
    """Phones begin with a capital."""
    assert REGISTRY.find(word).name == name


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        ("disabel", "/token has no “disabel”.", "Did you mean /token disable?"),
        ("Disbale,", "/token has no “Disbale,”.", "Did you mean /token disable?"),
        ("revok", "/token has no “revok”.", "Did you mean /token revoke?"),
        ("gret", "/token has no “gret”.", "Did you mean /token greet?"),
        ("helo", "/token has no “helo”.", "Did you mean /token hello?"),
        ("frobnicate", "/token has no “frobnicate”.", "/token help lists what there is."),
        ("", "/token has no “”.", "/token help lists what there is."),
        ("x" * 99, f"/token has no “{'x' * 40}”.", "/token help lists what there is."),
        (
            "0D0D0D0D0D0D0003",
            "/token has no “0D0D0D0D0D0D0003”.",
            "Did you mean /token show 0d0d0d0d0d0d0003?",
        ),
        (
            "<0d0d0d0d0d0d0003>,",
            "/token has no “<0d0d0d0d0d0d0003>,”.",
            "Did you mean /token show 0d0d0d0d0d0d0003?",
        ),
        ("0" * 16, f"/token has no “{'0' * 16}”.", "/token help lists what there is."),
    ],
)
def test_an_unknown_word_is_answered_with_the_likeliest(word: str, message: str, hint: str) -> None:
    """Names, aliases and bare ids are suggested; nothing alike is answered with the help."""
    with pytest.raises(UserError) as raised:
        REGISTRY.find(word)

    problem = raised.value.problem
    assert (problem.code, problem.message, problem.hint) == (ErrorCode.USAGE, message, hint)


@pytest.mark.parametrize(
    "claimed",
    [GREET, replace(GREET, name="hi"), replace(GREET, name="list"), replace(GREET, name="ls")],
)
def test_two_may_not_claim_the_same_word(claimed: Subcommand) -> None:
    """Neither as a name nor as an alias: which of them would it be?"""
    with pytest.raises(ValueError, match="is claimed by two subcommands"):
        Registry([*discover(), GREET, claimed], "/token")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", "help"),
        ("   ", "help"),
        ("-h", "help"),
        ("--help", "help"),
        ("—help", "help"),
        ("help list", "help"),
        ("revoke 0d0d0d0d0d0d0003", "disable"),
        ("DISABLE", "disable"),
        ("hello", "greet"),
        ("my-secret-password", "unknown"),
        ('"disable', "unknown"),
    ],
)
def test_metrics_are_told_names_alone(text: str, asked: str) -> None:
    """Whatever was typed, the label is a subcommand's name, help or unknown."""
    assert REGISTRY.asked(text) == asked


def test_the_help_names_everything(snapshot: SnapshotAssertion) -> None:
    """Groups in their order; each subcommand with its usage, its summary and its aliases."""
    answer = REGISTRY.help()

    assert answer.command == "/token"
    assert [
        (title, [(line.usage, line.summary, line.aliases) for line in lines])
        for title, lines in answer.groups
    ] == snapshot


@pytest.mark.parametrize("name", ["greet", "hello", "Hello"])
def test_the_help_of_one(name: str) -> None:
    """Its usage, its summary and its aliases, by whichever word it is asked for."""
    ((title, (line,)),) = REGISTRY.help(name).groups

    assert (title, line.usage, line.summary, line.aliases) == (
        "Help",
        "/token greet [NAME] [--loud]",
        "Greet somebody.",
        ("hello",),
    )


def test_slacks_hint_is_short() -> None:
    """Slack cuts a usage hint off; https://docs.slack.dev/reference/app-manifest."""
    hint = Registry(discover(), "/token").usage_hint()

    assert hint.endswith(" | help")
    assert len(hint) <= 80
