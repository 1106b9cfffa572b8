"""Short answers to one person: notices, refusals and the help."""

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes.errors import ErrorCode, Problem
from bot.commands.answers import Notice
from bot.commands.registry import Registry, discover
from bot.slack.blocks.notice import help_message, notice_message, problem_message
from tests.slack.blocks.samples import drawn


@pytest.mark.parametrize("subcommand", [None, "disable", "list"])
def test_help(subcommand: str | None, snapshot: SnapshotAssertion) -> None:
    """Each command by group: how it is written, what it does, what else it is called."""
    assert drawn(help_message(Registry(discover(), "/token").help(subcommand))) == snapshot


@pytest.mark.parametrize(
    "notice", [Notice("Your roles: none", ("Rule: one.", "", "Another line.")), Notice("Alone")]
)
def test_a_notice(notice: Notice, snapshot: SnapshotAssertion) -> None:
    """A title and plain lines; an empty one is left out."""
    assert drawn(notice_message(notice)) == snapshot


@pytest.mark.parametrize(
    "problem",
    [
        Problem(ErrorCode.NOT_ALLOWED, "Not allowed: x. Nothing was changed.", "Ask Bob."),
        Problem(ErrorCode.USAGE, "That cannot be read. Nothing was changed."),
        Problem(
            ErrorCode.ALREADY_UNDONE,
            "Change 7F3K2Q is already undone, as change 8G4M3R. Nothing more was changed.",
            by="U0BOB",
        ),
        Problem(
            ErrorCode.DENIED,
            "Not allowed: you hold no role, and this takes an operator. Nothing was changed.",
            "Ask whoever runs this bot to add your Slack user id U0BOB to operator in "
            "token-bot.toml.",
            helpers=("S0ONCALL", "S0SECURITY", "U0CAROL"),
        ),
    ],
    ids=lambda problem: problem.code.value,
)
def test_a_problem(problem: Problem, snapshot: SnapshotAssertion) -> None:
    """What is wrong, whether anything was changed, what to do, and the id for the log."""
    assert drawn(problem_message(problem, "9H5N4S")) == snapshot
