"""Made-up changes, tokens and events, and how a message is written down to be looked at."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.changes import outcomes
from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.people import Person
from bot.changes.request import ChangeRequest, MessageRef, Origin, Target
from bot.changes.states import RequestState, TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.sandbox.slack.mrkdwn import Reader
from bot.sandbox.slack.reading import read_blocks
from bot.slack.blocks.rich import Message

NOW = datetime(2026, 11, 24, 14, 3, 7, tzinfo=UTC)
READER = Reader({"U0ALICE": "@alice", "U0BOB": "@bob"}, NOW)
TOKEN = Authorization(
    id="0e840d0499003003",
    status=Status.ACTIVE,
    description="telegraf on edge-42",
    user_id="0e840d0499003000",
    user="telegraf",
    org_id="0e840d0483803000",
    org="acme",
    permissions=(Permission("write", "buckets", "0e840d0483803002", "metrics"),),
    own=False,
    revision=1,
    created_at=datetime(2025, 3, 4, 8, 12, tzinfo=UTC),
    updated_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
)
UPDATES = {
    "disable": AuthorizationUpdate(Status.INACTIVE),
    "enable": AuthorizationUpdate(Status.ACTIVE),
    "describe": AuthorizationUpdate(description="telegraf on edge-43"),
    "both": AuthorizationUpdate(Status.INACTIVE, "leaked, see ticket 7"),
}
BUSY = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "prod is busy (HTTP 503).", "Ask again later.")
OWNER_GONE = Problem(
    ErrorCode.ORPHAN,
    "The owner of 0e840d0499003003 on prod no longer exists. InfluxDB already refuses its token "
    "(403 User is inactive).",
    "The influx CLI can delete it.",
)
OWN = Problem(
    ErrorCode.OWN_TOKEN,
    "0e840d0499003003 is the token that this bot itself uses. Nothing was changed.",
    "Give the bot another token first, or disable this one with the influx CLI.",
)


def before(update: AuthorizationUpdate) -> Authorization:
    """Give the token as it was before an update that changes it."""
    return replace(TOKEN, status=Status.INACTIVE) if update.kind is ChangeKind.ENABLE else TOKEN


def change(
    update: AuthorizationUpdate = UPDATES["disable"],
    state: TargetState = TargetState.DONE,
    *,
    problem: Problem | None = None,
    **fields: Any,
) -> ChangeRequest:
    """Make a change that has come to a state, as the record would have it."""
    found = before(update)
    after = {
        TargetState.DONE: update.apply(found),
        TargetState.UNCHANGED: update.apply(found),
        TargetState.FAILED: found,
    }.get(state)
    read = state not in {TargetState.PENDING, TargetState.REFUSED}
    target = Target(
        "prod",
        TOKEN.id,
        update,
        state,
        before=found if read else None,
        after=after,
        problem=problem or _problem(state),
        finished_at=NOW if state.final else None,
    )
    given = {
        "id": "7F3K2Q",
        "requester": Person("U0ALICE", "T0HOME"),
        "origin": Origin("C0INCIDENTS"),
        "reason": "",
        "created_at": NOW,
        "message": MessageRef("C0INCIDENTS", "1.2"),
        "state": RequestState.FINISHED if state.final else RequestState.UNRESOLVED,
        **fields,
    }
    return ChangeRequest(targets=(target,), **given)


def undo(
    state: TargetState = TargetState.DONE, update: AuthorizationUpdate = UPDATES["enable"]
) -> ChangeRequest:
    """Make the change that takes another back."""
    bob = Person("U0BOB", "T0HOME")
    return change(update, state, id="8G4M3R", requester=bob, undo_of="7F3K2Q")


def _problem(state: TargetState) -> Problem | None:
    match state:
        case TargetState.APPLIED:
            return outcomes.applied_unread(OWNER_GONE)
        case TargetState.FAILED:
            return outcomes.untouched(BUSY)
        case TargetState.UNKNOWN:
            return outcomes.unknown(BUSY)
        case TargetState.LOST:
            return outcomes.gone(OWNER_GONE)
        case TargetState.REFUSED:
            return OWN
        case _:
            return None


def ago(**span: float) -> datetime:
    """Give a moment some time before now."""
    return NOW - timedelta(**span)


def drawn(message: Message) -> str:
    """Write a message down: as it is read, as it is read out, and its blocks, an element a line."""
    pieces = (piece.text for piece in read_blocks(message.blocks, READER))
    parts = ["\n".join(pieces), "── read out", message.text, "── blocks", *_lines(message)]
    return "\n".join(parts)


def _lines(message: Message) -> Iterator[str]:
    for block in message.blocks:
        rows = block["elements"]
        if block["type"] == "rich_text":
            rows = [row for section in block["elements"] for row in section["elements"]]
        yield f"{block['type']}:"
        for row in rows:
            yield f"  {json.dumps(row, ensure_ascii=False, sort_keys=True)}"
