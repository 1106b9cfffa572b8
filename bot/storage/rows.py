"""Requests as rows, and back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import SecretStr, TypeAdapter
from sqlalchemy import RowMapping

from bot.changes.approval import Approval, Vote
from bot.changes.break_glass import BreakGlass
from bot.changes.leak_report import LeakReport, LeakTold
from bot.changes.people import Person
from bot.changes.request import ChangeRequest, Drift, MessageRef, Origin, Timer
from bot.changes.states import RequestState
from bot.changes.target import Choice, Selection
from bot.changes.update import AuthorizationUpdate
from bot.storage.json_columns import PROBLEM, as_json, to_problem
from bot.storage.target_rows import to_target

_CHOICES = TypeAdapter(tuple[Choice, ...])
_DRIFTS = TypeAdapter(tuple[Drift, ...])
_LEAK = TypeAdapter(LeakReport)
_LEAK_TOLD = TypeAdapter(LeakTold)
_UPDATE = TypeAdapter(AuthorizationUpdate)


def request_row(request: ChangeRequest) -> dict[str, Any]:
    """Give the columns that never change after a request is stored, and those that do."""
    origin = request.origin
    url = origin.response_url
    selection = request.selection
    return {
        "id": request.id,
        "requester": request.requester.user_id,
        "team": request.requester.team_id,
        "enterprise": request.requester.enterprise_id,
        "channel_id": origin.channel_id,
        "response_url": None if url is None else url.get_secret_value(),
        "pressed_channel": None if origin.pressed is None else origin.pressed.channel_id,
        "pressed_ts": None if origin.pressed is None else origin.pressed.ts,
        "selected_user": None if selection is None else selection.user,
        "selected_instance": None if selection is None else selection.instance,
        "selected_update": None if selection is None else as_json(_UPDATE, selection.update),
        "reason": request.reason,
        "created_at": request.created_at,
        "undo_of": request.undo_of,
        "undone_by": request.undone_by,
        "retry_of": request.retry_of,
        "retried_by": request.retried_by,
        "again_of": request.again_of,
        "typed_by": request.typed_by or None,
        "keeper": request.keeper or None,
        "leak_of": request.leak_of,
        **_glass_row(request.break_glass),
        "never_alone": request.never_alone,
        "automatic": request.automatic,
        "rule": request.rule,
        "policy_digest": request.policy_digest,
        "asked_with": request.asked_with,
        "cancelled_by": request.cancelled_by,
        "version": request.version,
        **progress_row(request),
        **message_row(request),
        **timer_row(request.timer),
        **watch_row(request),
    }


def progress_row(request: ChangeRequest) -> dict[str, Any]:
    """Give the columns that the executor moves on."""
    approval = request.approval
    return {
        "state": request.state.value,
        "prepared": request.prepared,
        "choices": _CHOICES.dump_python(request.choices, mode="json"),
        "confirmed_at": request.confirmed_at,
        "expires_at": request.expires_at,
        "approval": None
        if approval is None
        else {
            "rule": approval.rule,
            "approvers": list(approval.approvers),
            "quorum": approval.quorum,
        },
        "granted_at": None if approval is None else approval.granted_at,
        "closing": as_json(PROBLEM, request.closing),
        "held_back": request.held_back,
        "leak": as_json(_LEAK, request.leak),
        "interrupted": request.interrupted,
    }


def message_row(request: ChangeRequest) -> dict[str, Any]:
    """Give the columns that say where a request's messages are."""
    message, copy = request.message, request.feed_message
    return {
        "message_channel": None if message is None else message.channel_id,
        "message_ts": None if message is None else message.ts,
        "feed_channel": None if copy is None else copy.channel_id,
        "feed_ts": None if copy is None else copy.ts,
        "announced": request.announced,
        "leak_told": None if request.leak is None else as_json(_LEAK_TOLD, request.leak_told),
        "posted_by_url": request.posted_by_url,
    }


def timer_row(timer: Timer | None) -> dict[str, Any]:
    """Give the columns of a timer; without one they are empty."""
    return {
        "lasts_seconds": None if timer is None else int(timer.lasts.total_seconds()),
        "ends_at": None if timer is None else timer.ends_at,
        "end_noted_at": None if timer is None else timer.noted_at,
        "timer_stopped_by": "" if timer is None else timer.stopped_by,
    }


def watch_row(request: ChangeRequest) -> dict[str, Any]:
    """Give the columns of the watch over what a request disabled."""
    return {
        "watched_at": request.watched_at,
        "drifts": _DRIFTS.dump_python(request.drifts, mode="json"),
    }


def to_leak_told(value: object) -> LeakTold:
    """Read back who was told of a leaked secret."""
    told = _LEAK_TOLD.validate_python(value or {})
    if isinstance(value, dict) and "in_thread" not in value and told.up_to:
        # Stored before it was noted: the thread told of them, or is not to begin with it now.
        return replace(told, in_thread=told.owners)
    return told


def to_request(
    row: RowMapping, target_rows: Sequence[RowMapping], vote_rows: Sequence[RowMapping]
) -> ChangeRequest:
    """Read a request back from its row, its targets' rows in their order, and its votes."""
    url = row["response_url"]
    return ChangeRequest(
        id=row["id"],
        requester=Person(row["requester"], row["team"], row["enterprise"]),
        origin=Origin(
            channel_id=row["channel_id"],
            response_url=None if url is None else SecretStr(url),
            pressed=_message(row["pressed_channel"], row["pressed_ts"]),
        ),
        targets=tuple(to_target(target) for target in target_rows),
        reason=row["reason"],
        created_at=row["created_at"],
        state=RequestState(row["state"]),
        selection=_selection(row),
        prepared=row["prepared"],
        choices=_CHOICES.validate_python(row["choices"]),
        confirmed_at=row["confirmed_at"],
        expires_at=row["expires_at"],
        approval=_approval(row, vote_rows),
        closing=to_problem(row["closing"]),
        held_back=row["held_back"],
        cancelled_by=row["cancelled_by"],
        timer=_timer(row),
        undo_of=row["undo_of"],
        undone_by=row["undone_by"],
        retry_of=row["retry_of"],
        retried_by=row["retried_by"],
        again_of=row["again_of"],
        typed_by=row["typed_by"] or "",
        keeper=row["keeper"] or "",
        leak=None if row["leak"] is None else _LEAK.validate_python(row["leak"]),
        leak_of=row["leak_of"],
        break_glass=_break_glass(row),
        never_alone=row["never_alone"],
        watched_at=row["watched_at"],
        drifts=_DRIFTS.validate_python(row["drifts"]),
        automatic=row["automatic"],
        message=_message(row["message_channel"], row["message_ts"]),
        feed_message=_message(row["feed_channel"], row["feed_ts"]),
        announced=row["announced"],
        leak_told=to_leak_told(row["leak_told"]),
        posted_by_url=row["posted_by_url"],
        interrupted=row["interrupted"],
        lease=row["lease_owner"],
        version=row["version"],
        rule=row["rule"],
        policy_digest=row["policy_digest"],
        asked_with=row["asked_with"],
    )


def _selection(row: RowMapping) -> Selection | None:
    if row["selected_user"] is None:
        return None
    update = _UPDATE.validate_python(row["selected_update"])
    return Selection(row["selected_instance"], row["selected_user"], update)


def _approval(row: RowMapping, vote_rows: Sequence[RowMapping]) -> Approval | None:
    kept = row["approval"]
    if kept is None:
        return None
    return Approval(
        rule=kept["rule"],
        approvers=tuple(kept["approvers"]),
        quorum=kept["quorum"],
        votes=tuple(
            Vote(Person(vote["voter"], vote["team"], vote["enterprise"]), vote["voted_at"])
            for vote in vote_rows
        ),
        granted_at=row["granted_at"],
    )


def _glass_row(glass: BreakGlass | None) -> dict[str, Any]:
    kept = None if glass is None else {"needed": glass.needed, "approvers": list(glass.approvers)}
    return {
        "break_glass": kept,
        "reviewed_by": "" if glass is None else glass.reviewed_by,
        "reviewed_at": None if glass is None else glass.reviewed_at,
    }


def _break_glass(row: RowMapping) -> BreakGlass | None:
    kept = row["break_glass"]
    if kept is None:
        return None
    approvers = tuple(kept["approvers"])
    return BreakGlass(kept["needed"], approvers, row["reviewed_by"], row["reviewed_at"])


def _timer(row: RowMapping) -> Timer | None:
    if row["lasts_seconds"] is None:
        return None
    return Timer(
        lasts=timedelta(seconds=row["lasts_seconds"]),
        ends_at=row["ends_at"],
        noted_at=row["end_noted_at"],
        stopped_by=row["timer_stopped_by"],
    )


def _message(channel_id: str | None, ts: str | None) -> MessageRef | None:
    return None if channel_id is None or ts is None else MessageRef(channel_id, ts)
