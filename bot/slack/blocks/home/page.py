"""Home, as Slack is given it.

https://docs.slack.dev/reference/views/home-tab-views
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem
from bot.changes.home import HomePage
from bot.changes.secret_in_words import treat_as_leaked
from bot.slack.blocks.home.changes import recent, waiting
from bot.slack.blocks.home.controls import filters, search
from bot.slack.blocks.home.rows import token_rows
from bot.slack.blocks.people import named
from bot.slack.blocks.rich import paragraph, plain, shown

CALLBACK_ID = "home"


def home_view(page: HomePage) -> dict[str, Any]:
    """Draw Home for somebody who may read."""
    return _view(
        *page.notice,
        *_barred(page.barred),
        *waiting(page),
        search(page.query),
        filters(page),
        *token_rows(page),
        *recent(page.recent),
    )


def closed_view(denied: Denied, notice: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Say to somebody who may not read why, and who can help.

    Args:
        denied: Why.
        notice: What they were told last, as blocks.
    """
    return _view(
        *notice,
        paragraph(
            [plain(f"This page is not for you: {shown(denied.rule)}.")],
            [plain(shown(denied.hint))],
            named("Can help: ", denied.helpers),
        ),
    )


def secret_in_search() -> Problem:
    """Say that what was searched for is not looked for, nor kept."""
    return Problem(
        ErrorCode.LOOKS_LIKE_SECRET,
        "What you searched for looks like a secret. Nothing was stored, and nothing was changed.",
        treat_as_leaked("take “Report a leaked token” from Slack's shortcuts, which"),
    )


def _view(*blocks: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "home", "callback_id": CALLBACK_ID, "blocks": [dict(each) for each in blocks]}


def _barred(denied: Denied | None) -> list[dict[str, Any]]:
    if denied is None:
        return []
    return [
        paragraph(
            [plain(f"You can change nothing here: {shown(denied.rule)}.")],
            [plain(shown(denied.hint))],
        )
    ]
