"""Requests and targets as rows, and back."""

from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr, TypeAdapter
from sqlalchemy import RowMapping

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import Problem
from bot.changes.request import (
    ChangeRequest,
    MessageRef,
    Origin,
    Person,
    RequestState,
    Target,
    TargetState,
)
from bot.changes.update import AuthorizationUpdate

_AUTHORIZATION = TypeAdapter(Authorization)
_PROBLEM = TypeAdapter(Problem)


def request_row(request: ChangeRequest) -> dict[str, Any]:
    """Give the columns that never change after a request is stored, and those that do."""
    origin = request.origin
    url = origin.response_url
    return {
        "id": request.id,
        "requester": request.requester.user_id,
        "team": request.requester.team_id,
        "enterprise": request.requester.enterprise_id,
        "channel_id": origin.channel_id,
        "response_url": None if url is None else url.get_secret_value(),
        "pressed_channel": None if origin.pressed is None else origin.pressed.channel_id,
        "pressed_ts": None if origin.pressed is None else origin.pressed.ts,
        "new_status": None if request.update.status is None else request.update.status.value,
        "new_description": request.update.description,
        "reason": request.reason,
        "created_at": request.created_at,
        "undo_of": request.undo_of,
        "undone_by": request.undone_by,
        "rule": request.rule,
        "policy_digest": request.policy_digest,
        **progress_row(request),
    }


def progress_row(request: ChangeRequest) -> dict[str, Any]:
    """Give the columns that the executor moves on."""
    message = request.message
    return {
        "state": request.state.value,
        "interrupted": request.interrupted,
        "message_channel": None if message is None else message.channel_id,
        "message_ts": None if message is None else message.ts,
    }


def target_row(target: Target) -> dict[str, Any]:
    """Give a target's columns but its place."""
    return {
        "instance": target.instance,
        "authorization_id": target.authorization_id,
        "state": target.state.value,
        "before": authorization_json(target.before),
        "after": authorization_json(target.after),
        "problem": None
        if target.problem is None
        else _PROBLEM.dump_python(target.problem, mode="json"),
        "intended_at": target.intended_at,
        "finished_at": target.finished_at,
    }


def authorization_json(authorization: Authorization | None) -> dict[str, Any] | None:
    """Give an authorization as JSON values; it holds no secret."""
    if authorization is None:
        return None
    dumped: dict[str, Any] = _AUTHORIZATION.dump_python(authorization, mode="json")
    return dumped


def to_authorization(value: object) -> Authorization | None:
    """Read an authorization back from JSON values."""
    return None if value is None else _AUTHORIZATION.validate_python(value, strict=False)


def to_request(row: RowMapping, target_rows: Sequence[RowMapping]) -> ChangeRequest:
    """Read a request back from its row and its targets' rows, which are in their order."""
    url = row["response_url"]
    status = row["new_status"]
    return ChangeRequest(
        id=row["id"],
        requester=Person(row["requester"], row["team"], row["enterprise"]),
        origin=Origin(
            channel_id=row["channel_id"],
            response_url=None if url is None else SecretStr(url),
            pressed=_message(row["pressed_channel"], row["pressed_ts"]),
        ),
        update=AuthorizationUpdate(
            status=None if status is None else Status(status), description=row["new_description"]
        ),
        reason=row["reason"],
        created_at=row["created_at"],
        targets=tuple(_to_target(target) for target in target_rows),
        state=RequestState(row["state"]),
        undo_of=row["undo_of"],
        undone_by=row["undone_by"],
        message=_message(row["message_channel"], row["message_ts"]),
        interrupted=row["interrupted"],
        lease=row["lease_owner"],
        rule=row["rule"],
        policy_digest=row["policy_digest"],
    )


def _to_target(row: RowMapping) -> Target:
    problem = row["problem"]
    return Target(
        instance=row["instance"],
        authorization_id=row["authorization_id"],
        state=TargetState(row["state"]),
        before=to_authorization(row["before"]),
        after=to_authorization(row["after"]),
        problem=None if problem is None else _PROBLEM.validate_python(problem),
        intended_at=row["intended_at"],
        finished_at=row["finished_at"],
    )


def _message(channel_id: str | None, ts: str | None) -> MessageRef | None:
    return None if channel_id is None or ts is None else MessageRef(channel_id, ts)
