"""The modal that asks why a request is denied, and what it says where that did not work."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.block_kit.reading import read_blocks
from bot.changes.errors import ErrorCode, Problem
from bot.slack.blocks.denial import denial_view
from bot.slack.blocks.modal import told_view
from bot.slack.blocks.notice import problem_message
from tests.slack.blocks.samples import READER


def _fits(view: dict[str, Any]) -> dict[str, Any]:
    assert block_kit.problems(view, block_kit.Surface.MODAL) == []
    return view


def test_the_modal(snapshot: SnapshotAssertion) -> None:
    """It names the change, asks for a reason, and says who will read it."""
    assert _fits(denial_view("7F3K2Q")) == snapshot


@pytest.mark.parametrize(
    "problem",
    [
        Problem(
            ErrorCode.ALREADY_DECIDED,
            "Change 7F3K2Q was cancelled. Nothing more was changed.",
            by="U0BOB",
        ),
        Problem(
            ErrorCode.NOT_ALLOWED,
            "Not allowed: you are an operator, and this takes an approver. Nothing was changed.",
            "Ask whoever runs this bot to add your Slack user id U0ALICE to approver in "
            "token-bot.toml.",
            helpers=("S0SECURITY", "U0CAROL"),
        ),
        Problem(ErrorCode.FAULT, "<b> & <!channel> " * 900, "& " * 4_000),
    ],
    ids=lambda problem: problem.code.value,
)
def test_what_came_of_it(problem: Problem, snapshot: SnapshotAssertion) -> None:
    """The same as everywhere else, with names and not with ids; nothing of it is markup."""
    view = _fits(told_view("Not denied", problem_message(problem, "9H5N4S")))

    read = "\n".join(piece.text for piece in read_blocks(view["blocks"], READER))
    assert (view["title"]["text"], view["close"]["text"], read) == snapshot
