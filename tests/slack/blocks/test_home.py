"""Home, as Slack is given it: for whom, with what, and however much there is."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.block_kit.reading import read_blocks
from bot.changes.authorization import Status
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem
from bot.changes.home import HomePage
from bot.changes.home_query import HomeQuery, Sort
from bot.changes.home_tokens import Everything, arranged
from bot.changes.lists import Listed
from bot.changes.states import RequestState, TargetState
from bot.commands.answers import Notice
from bot.sandbox.slack.inputs import state_of
from bot.slack.blocks.home.page import closed_view, home_view
from bot.slack.blocks.notice import notice_message
from tests.slack.blocks.samples import (
    NOW,
    READER,
    TOKEN,
    UPDATES,
    approval,
    change,
    to_come,
    undo,
    waiting,
)

HOSTILE = "<!channel> *all* <http://evil|here> :tada: \u202e" + "x" * 4_000
OTHER = replace(
    TOKEN,
    id="0f0b90b49dc03001",
    description="",
    status=Status.INACTIVE,
    user="ci",
    user_id="0e840d0499003fff",
    updated_at=NOW - timedelta(days=1),
)
DOWN = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "InfluxDB lab cannot be reached.", "Try again.")
DIRECT = Denied("changes from direct messages and Home are switched off", "Ask in a channel.")


def _fits(view: dict[str, Any]) -> dict[str, Any]:
    assert block_kit.problems(view, block_kit.Surface.HOME) == []
    return view


def _read(view: dict[str, Any]) -> str:
    blocks = [each for each in view["blocks"] if each["type"] != "input"]
    return "\n".join(piece.text for piece in read_blocks(blocks, READER))


def _page(*tokens: Listed, query: HomeQuery | None = None, **more: Any) -> HomePage:
    looked_at = query or HomeQuery()
    everything = Everything(("prod", "lab"), tokens, more.pop("silent", ()))
    return HomePage(
        query=looked_at,
        at=NOW,
        instances=("prod", "lab"),
        tokens=arranged(everything, looked_at),
        **{"can_change": True, **more},
    )


AWAITING = waiting(
    to_come(UPDATES["enable"]),
    state=RequestState.AWAITING_APPROVAL,
    approval=approval(),
    reason="the audit is over",
)
BOTH = (Listed("prod", TOKEN), Listed("lab", OTHER))


def test_for_an_operator(snapshot: SnapshotAssertion) -> None:
    """What waits, the search, the filters, the tokens with their buttons, the newest changes."""
    recent = (change(UPDATES["describe"]), undo(), change(state=TargetState.UNKNOWN), AWAITING)

    view = _fits(
        home_view(_page(*BOTH, waiting=(AWAITING, waiting()), recent=recent, silent=(DOWN,)))
    )

    assert _read(view) == snapshot
    assert view == snapshot(name="blocks")


def test_for_a_viewer(snapshot: SnapshotAssertion) -> None:
    """No button changes anything."""
    view = _fits(home_view(_page(*BOTH, can_change=False)))

    assert _read(view) == snapshot


def test_where_nothing_can_be_changed(snapshot: SnapshotAssertion) -> None:
    """Why stands above; what was told last stands above that."""
    notice = notice_message(Notice("Not done", ("This is why.",))).blocks
    view = _fits(home_view(_page(*BOTH, barred=DIRECT, notice=notice)))

    assert _read(view) == snapshot


def test_while_the_tokens_are_read(snapshot: SnapshotAssertion) -> None:
    """What is looked at is kept in the menus, though nobody knows its name yet."""
    query = HomeQuery("edge", Status.ACTIVE, TOKEN.user_id, TOKEN.org_id, "prod", Sort.NEWEST, 3)
    page = HomePage(query, NOW, ("prod", "lab"), None, can_change=True)

    assert _read(_fits(home_view(page))) == snapshot


def test_for_a_stranger(snapshot: SnapshotAssertion) -> None:
    """One sentence, and who can help."""
    denied = Denied("you hold no role, and this takes a viewer", "Ask them.", ("S0SECURITY",))

    assert _read(_fits(closed_view(denied))) == snapshot


def test_the_most_that_there_can_be() -> None:
    """Thousands of tokens of hundreds of owners, all hostile, and a hundred changes: it fits."""
    tokens = [
        Listed(
            "prod",
            replace(
                TOKEN,
                id=f"{number:016x}",
                description=HOSTILE,
                user=f"{HOSTILE[:40]}{number}",
                user_id=f"{number % 300:016x}",
                org=HOSTILE,
                org_id=f"{number % 200:016x}",
            ),
        )
        for number in range(3_000)
    ]
    hostile = replace(AWAITING, reason=HOSTILE)
    query = HomeQuery(user_id=f"{299:016x}", org_id="gone", words="", page=1)
    page = _page(*tokens, query=query, waiting=(hostile,) * 100, recent=(hostile,) * 8)

    view = _fits(home_view(replace(page, query=HomeQuery("w" * 150, page=1, user_id="gone"))))

    assert len(json.dumps(view)) < 100_000
    assert "<!channel>" not in json.dumps([b for b in view["blocks"] if b["type"] == "section"])
    _fits(home_view(page))


def test_what_is_chosen_is_what_slack_sends_back() -> None:
    """After Clear no menu and no field keeps what was in it: their blocks are others."""
    before = home_view(_page(*BOTH, query=HomeQuery("edge", Status.ACTIVE)))["blocks"]
    after = home_view(_page(*BOTH))["blocks"]
    filled = state_of(before, {})

    now = state_of(after, filled)

    values = {action: each for block in now.values() for action, each in block.items()}
    assert values["home_search"]["value"] is None
    assert values["home_status"]["selected_option"]["value"] == "*"
