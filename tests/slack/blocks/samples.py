"""Made-up changes, tokens and events, and how a message is written down to be looked at."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import block_kit
from bot.block_kit.mrkdwn import Reader
from bot.block_kit.reading import read_blocks
from bot.changes import outcomes
from bot.changes.approval import Approval, Vote
from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.break_glass import BreakGlass
from bot.changes.errors import ErrorCode, Problem
from bot.changes.people import Person
from bot.changes.request import ChangeRequest, MessageRef, Origin, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Choice, Selection, Target
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.slack.blocks.rich import Message
from tests.slack.fit_for_people import assert_safe

NOW = datetime(2026, 11, 24, 14, 3, 7, tzinfo=UTC)
ALICE = Person("U0ALICE", "T0HOME")
BOB = Person("U0BOB", "T0HOME")
CAROL = Person("U0CAROL", "T0HOME")
READER = Reader(
    {
        "U0ALICE": "@alice",
        "U0BOB": "@bob",
        "U0CAROL": "@carol",
        "S0ONCALL": "@oncall",
        "S0SECURITY": "@security",
    },
    NOW,
)
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
OPERATOR = tuple(
    Permission(action, kind)
    for kind in ("authorizations", "users", "orgs")
    for action in ("read", "write")
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
FROZEN = "changes are stopped since 2026-11-24 13:50 UTC by token-bot freeze (incident 7)"


def before(update: AuthorizationUpdate, token: Authorization = TOKEN) -> Authorization:
    """Give a token as it was before an update that changes it."""
    return replace(token, status=Status.INACTIVE) if update.kind is ChangeKind.ENABLE else token


def target(
    update: AuthorizationUpdate = UPDATES["disable"],
    state: TargetState = TargetState.DONE,
    *,
    number: int = 0,
    problem: Problem | None = None,
    token: Authorization | None = None,
    instance: str = "prod",
) -> Target:
    """Make a target that has come to a state; each number is another token."""
    seen = token or _numbered(number)
    found = before(update, seen)
    after = {
        TargetState.DONE: update.apply(found),
        TargetState.UNCHANGED: update.apply(found),
        TargetState.FAILED: found,
    }.get(state)
    told = problem or _problem(state)
    return Target(
        instance,
        seen.id,
        update,
        state,
        before=found,
        after=after,
        problem=None if told is None else _about(told, seen.id),
        finished_at=NOW if state.final else None,
    )


def change(
    update: AuthorizationUpdate = UPDATES["disable"],
    state: TargetState = TargetState.DONE,
    *,
    problem: Problem | None = None,
    **fields: Any,
) -> ChangeRequest:
    """Make a change of one token that has come to a state, as the record would have it."""
    ended = RequestState.FINISHED if state.final else RequestState.UNRESOLVED
    made = target(update, state, problem=problem)
    if state in {TargetState.PENDING, TargetState.REFUSED}:
        made = replace(made, before=None)
    return several(made, **{"state": ended, **fields})


def several(*targets: Target, **fields: Any) -> ChangeRequest:
    """Make a finished change of these targets, but for what is given."""
    given: dict[str, Any] = {
        "id": "7F3K2Q",
        "requester": ALICE,
        "origin": Origin("C0INCIDENTS"),
        "reason": "",
        "created_at": NOW,
        "message": MessageRef("C0INCIDENTS", "1.2"),
        "state": RequestState.FINISHED,
        "prepared": True,
        **fields,
    }
    return ChangeRequest(targets=targets, **given)


def waiting(
    *targets: Target, state: RequestState = RequestState.PREVIEWED, **fields: Any
) -> ChangeRequest:
    """Make a request that waits to be confirmed or approved; two tokens if none is given."""
    shown = targets or (to_come(number=1), to_come(number=2))
    given = {"expires_at": NOW + timedelta(minutes=10), **fields}
    return several(*shown, state=state, **given)


def to_come(
    update: AuthorizationUpdate = UPDATES["disable"], *, number: int = 0, **fields: Any
) -> Target:
    """Make a target that was read and awaits its turn."""
    return target(update, TargetState.PENDING, number=number, **fields)


def approval(*voters: Person, quorum: int = 1, granted: bool = False) -> Approval:
    """Make an approval with these votes, a minute apart."""
    votes = tuple(Vote(voter, NOW + timedelta(minutes=n)) for n, voter in enumerate(voters))
    return Approval(
        rule="enabling needs an approval",
        approvers=("S0SECURITY", "U0CAROL"),
        quorum=quorum,
        votes=votes,
        granted_at=votes[-1].at if granted else None,
    )


def glass(reviewed_at: datetime | None = None) -> BreakGlass:
    """Make a break-glass, reviewed by Carol if a moment is given."""
    approvers = ("S0SECURITY", "U0ALICE", "U0CAROL")
    by = "" if reviewed_at is None else "U0CAROL"
    return BreakGlass("disabling needs an approval", approvers, by, reviewed_at)


def choices() -> tuple[Choice, ...]:
    """Make the two instances on which a token was found."""
    other = replace(TOKEN, status=Status.INACTIVE, description="", user="grafana")
    return Choice("prod", TOKEN), Choice("lab", other)


def selection(update: AuthorizationUpdate = UPDATES["disable"]) -> Selection:
    """Select all active tokens of a user."""
    return Selection("prod", "telegraf", update)


def timer(*, running: bool = False, stopped_by: str = "") -> Timer:
    """Make a timer of two hours."""
    lasts = timedelta(hours=2)
    return Timer(lasts, ends_at=NOW + lasts if running else None, stopped_by=stopped_by)


def undo(
    state: TargetState = TargetState.DONE,
    update: AuthorizationUpdate = UPDATES["enable"],
    **fields: Any,
) -> ChangeRequest:
    """Make the change that takes another back."""
    given = {"id": "8G4M3R", "requester": BOB, "undo_of": "7F3K2Q", **fields}
    return change(update, state, **given)


def ago(**span: float) -> datetime:
    """Give a moment some time before now."""
    return NOW - timedelta(**span)


def checked(message: Message) -> Message:
    """Give a message that Slack takes, posted and edited, and out of which nothing comes."""
    problems = block_kit.problems({"text": message.text, "blocks": message.blocks})
    assert problems == []
    assert_safe(message.text, message.blocks, set(READER.names))
    assert len(message.text) <= 4_000, "an edit takes no more"
    return message


def drawn(message: Message) -> str:
    """Write a message down: as it is read, as it is read out, and its blocks, an element a line."""
    return "\n".join((_told(message), "── blocks", *_lines(message)))


def read(message: Message) -> str:
    """Write a message down as `drawn` does, but for the blocks' elements; buttons stay."""
    buttons = [
        f"{element['action_id']} = {element['value']} ({element['accessibility_label']})"
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return "\n".join((_told(message), *(["── buttons", *buttons] if buttons else [])))


def _told(message: Message) -> str:
    pieces = (piece.text for piece in read_blocks(checked(message).blocks, READER))
    return "\n".join(("\n".join(pieces), "── read out", message.text))


def _lines(message: Message) -> Iterator[str]:
    for block in message.blocks:
        rows: Sequence[Any] = block["elements"]
        if block["type"] == "rich_text":
            rows = [row for section in block["elements"] for row in section["elements"]]
        yield f"{block['type']}:"
        for row in rows:
            yield f"  {json.dumps(row, ensure_ascii=False, sort_keys=True)}"


def _numbered(number: int) -> Authorization:
    if number == 0:
        return TOKEN
    return replace(TOKEN, id=f"0e840d0499{number:06x}", description=f"telegraf on edge-{number}")


def _about(problem: Problem, authorization_id: str) -> Problem:
    return replace(problem, message=problem.message.replace(TOKEN.id, authorization_id))


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
