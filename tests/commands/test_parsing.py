"""How a command fits its subcommand, and what is said where it does not."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.changes.authorization import Status
from bot.changes.errors import ErrorCode, UserError
from bot.commands import parsing
from bot.commands.registry import discover
from tests.changes.samples import UNHURRIED

ID = "0d0d0d0d0d0d0003"
SUBCOMMANDS = {subcommand.name: subcommand for subcommand in discover()}


def bound(command: str) -> inspect.BoundArguments:
    """Fit a command to its subcommand."""
    name, _, text = command.partition(" ")
    subcommand = SUBCOMMANDS[name]
    return parsing.arguments(subcommand, text, f"/token {subcommand.usage}")


@pytest.mark.parametrize(
    ("command", "args", "options"),
    [
        (f"disable {ID}", (ID,), {}),
        ("disable", (), {}),
        (f"disable {ID} {ID} `{ID}`", (ID, ID, ID), {}),
        (f"disable {ID} --reason leaked {ID}", (ID,), {"reason": f"leaked {ID}"}),
        (f'disable {ID} --reason "leaked" {ID}', (ID, ID), {"reason": "leaked"}),
        (f'disable {ID} "--dry-run"', (ID, "--dry-run"), {}),
        (f"disable {ID} pasted in a gist", (ID, "pasted", "in", "a", "gist"), {}),
        (f"disable {ID} --for 2h", (ID,), {"for_": "2h"}),
        (f"disable --for=“1 h 30 min” {ID}", (ID,), {"for_": "1 h 30 min"}),
        ("disable --user alice", (), {"user": "alice"}),
        ("disable --user “alice smith” --on lab", (), {"user": "alice smith", "on": "lab"}),
        (f"disable {ID} —on lab", (ID,), {"on": "lab"}),
        (f"enable {ID} --on=lab", (ID,), {"on": "lab"}),
        (f"describe --on lab {ID} new name", (ID, "new name"), {"on": "lab"}),
        (f"describe --on=lab {ID} new name", (ID, "new name"), {"on": "lab"}),
        (f"describe —on “lab” {ID} new name", (ID, "new name"), {"on": "lab"}),
        (f"describe {ID} --on lab", (ID, "--on lab"), {}),
        (f"show {ID} --on lab", (ID,), {"on": "lab"}),
        (f"show --on lab {ID}", (ID,), {"on": "lab"}),
        ("list --on lab edge", ("edge",), {"on": "lab"}),
        ("history 7F3K2Q", ("7F3K2Q",), {}),
        ("pending", (), {}),
        (f"disable {ID} --dry-run", (ID,), {"dry_run": True}),
        (f"disable --dry-run {ID}", (ID,), {"dry_run": True}),
        (f"disable {ID} --reason leaked", (ID,), {"reason": "leaked"}),
        (f"disable {ID} --reason pasted in a gist", (ID,), {"reason": "pasted in a gist"}),
        (f'disable --reason "pasted in a gist" {ID}', (ID,), {"reason": "pasted in a gist"}),
        (f"disable {ID} —reason “pasted in a gist”", (ID,), {"reason": "pasted in a gist"}),
        (f'disable {ID} --reason="a gist" –dry-run', (ID,), {"reason": "a gist", "dry_run": True}),
        (f"disable --reason=“a gist” {ID}", (ID,), {"reason": "a gist"}),
        (f"disable {ID} --reason=a gist", (ID,), {"reason": "a gist"}),
        (f"disable {ID} --reason\uff1da gist", (ID,), {"reason": "a gist"}),
        (f"disable {ID} --reason it's  o'brien's", (ID,), {"reason": "it's  o'brien's"}),
        (f"disable {ID} --reason a -- b — c", (ID,), {"reason": "a -- b — c"}),
        (f'disable {ID} --reason says "it\'s -5" ½…', (ID,), {"reason": 'says "it\'s -5" ½…'}),
        (f"disable {ID} --reason ½…", (ID,), {"reason": "½…"}),
        (f"disable {ID} --reason <@U1|bob> &amp;amp;", (ID,), {"reason": "@bob &amp;"}),
        (
            f"disable {ID} --reason <https://a.b/c?d=1&amp;e=2>",
            (ID,),
            {"reason": "https://a.b/c?d=1&e=2"},
        ),
        (f"disable {ID} --reason a=b", (ID,), {"reason": "a=b"}),
        (f"disable {ID} --reason one\ntwo", (ID,), {"reason": "one\ntwo"}),
        (f'disable {ID} --reason ""', (ID,), {"reason": ""}),
        (
            f"disable {ID} --describe new name --reason leaked badly",
            (ID,),
            {"describe": "new name", "reason": "leaked badly"},
        ),
        (f'enable {ID} --describe ""', (ID,), {"describe": ""}),
        (f"enable {ID} --describe none", (ID,), {"describe": "none"}),
        ("list", (), {}),
        ("list edge 42", ("edge", "42"), {}),
        ('list "edge 42" -5', ("edge 42", "-5"), {}),
        ('list "--status" -- x', ("--status", "x"), {}),
        ("list --status active", (), {"status": Status.ACTIVE}),
        ("list --status=Inactive", (), {"status": Status.INACTIVE}),
        ("list --user alice edge", ("edge",), {"user": "alice"}),
        ("list --user “alice smith” edge", ("edge",), {"user": "alice smith"}),
        ("list --user='alice smith' --org acme", (), {"user": "alice smith", "org": "acme"}),
        ("list --user none", (), {"user": "none"}),
        ("undo", (), {}),
        ("undo 7F3K2Q", ("7F3K2Q",), {}),
        ("help", (), {}),
        ("help list", ("list",), {}),
        ("whoami", (), {}),
    ],
)
def test_what_fits(command: str, args: tuple[str, ...], options: dict[str, object]) -> None:
    """Options stand anywhere; a reason needs no quotes, and ends at the next option."""
    found = bound(command)

    assert (found.args, found.kwargs) == (args, options)


@pytest.mark.parametrize(
    "text",
    [
        "telegraf on edge-42",
        'the "payload" — it\'s fine',
        '"quoted"',
        '{"a":1}',
        "two  blanks,\ta tab\nand a line",
        "--reason is no option here",
        "--help",
        'an open " quote',
        "“open",
        "payload={}",
        "a < b > c",
        "½ … ﬁ",
    ],
)
def test_a_description_is_taken_as_it_is_typed(text: str) -> None:
    """Everything after the id, quotes, dashes and blanks included."""
    assert bound(f"describe {ID} {text}").args == (ID, text)
    assert bound(f"describe --on lab {ID} {text}").args == (ID, text)
    assert bound(f"describe `{ID}`   {text}  \u00a0").args == (ID, text)


def test_a_description_is_freed_of_slacks_markup_once() -> None:
    """What Slack has escaped is what was typed, and nothing more is decoded."""
    typed = "a &lt;b&gt; &amp;lt; <@U012ABCDEF|bob> <https://a.b|a.b> <!subteam^S1|@oncall>"

    assert bound(f"describe {ID} {typed}").args == (ID, "a <b> &lt; @bob a.b @oncall")


@UNHURRIED
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1))
def test_any_description_is_kept(text: str) -> None:
    """Whatever Slack does not write itself comes back as it was typed."""
    typed = text.translate(dict.fromkeys(map(ord, "<>&"), "x"))
    seen = bool(typed.strip("\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\ufeff"))

    if seen and typed.isprintable():
        assert bound(f"describe {ID} {typed}").args == (ID, typed)


@pytest.mark.parametrize(
    "command",
    [
        f"disable {ID} --resaon leaked",
        f"disable {ID} --resaon=leaked",
        f"disable {ID} -reason leaked",
        f"disable {ID} --Reason leaked",
        f"disable {ID} --no-dry-run",
        f"disable {ID} --{'x' * 100}",
        f"disable {ID} --unlike-anything",
        f"disable {ID} -x",
        f"disable {ID} -xyz",
        f"disable {ID} --call x",
        f"disable {ID} --reason",
        f"disable {ID} --reason=",
        f"disable {ID} --reason --dry-run",
        f"disable {ID} --describe",
        f"disable {ID} --reason a --reason b",
        f"disable {ID} --dry-run --dry-run",
        f"disable {ID} --dry-run=maybe",
        f'disable {ID} --reason "not closed',
        f"disable {ID} --for",
        f"disable {ID} --for --dry-run",
        f"disable {ID} --for 2h --for 3h",
        "disable --user",
        f"disable {ID} --on",
        f"disable {ID} --instance lab",
        f"enable {ID} --for 2h",
        "enable --user alice",
        "describe",
        f"describe {ID}",
        f"describe {ID}   ",
        f"describe {ID} \u200b",
        "describe --on",
        "describe --on lab",
        f"describe --on lab {ID}",
        f"describe --on --dry-run {ID} new",
        f"describe --dry-run {ID} new",
        f"describe --on lab --on default {ID} new",
        "show",
        f"show {ID} {ID}",
        f"show {ID} --verbose",
        "list --status foo",
        "list --status none",
        f"list --status {'x' * 100}",
        "list --status",
        "list --user",
        "list --user --org acme",
        "list --user a --user b",
        "list --statsu active",
        "list --words x",
        "undo 7F3K2Q 7F3K2R",
        f"history {ID} {ID}",
        "history --limit 5",
        "help list show",
        "whoami please",
        "pending all",
    ],
    ids=lambda command: command[:60],
)
def test_what_does_not_fit_is_said_in_our_own_words(
    command: str, snapshot: SnapshotAssertion
) -> None:
    """Each error names what is wrong, suggests what is likely, and shows how it is written."""
    with pytest.raises(UserError) as raised:
        bound(command)

    problem = raised.value.problem
    assert problem.code is ErrorCode.USAGE
    assert f"{problem.message}\n{problem.hint}" == snapshot


@UNHURRIED
@given(st.sampled_from(sorted(SUBCOMMANDS)), st.text(max_size=60))
def test_any_text_fits_or_is_explained(name: str, text: str) -> None:
    """No text makes the parser stumble."""
    try:
        found = bound(f"{name} {text}")
    except UserError as error:
        found, said = None, error.problem.message
    else:
        said = "It fits."

    assert said
    assert found is None or "call" not in found.arguments
