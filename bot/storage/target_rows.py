"""Targets as rows, and back."""

from typing import Any

from sqlalchemy import RowMapping

from bot.changes.authorization import Status
from bot.changes.states import TargetState
from bot.changes.target import ActiveAgain, Target
from bot.changes.update import AuthorizationUpdate
from bot.storage.json_columns import AUTHORIZATION, PROBLEM, as_json, to_authorization, to_problem


def found_row(target: Target) -> dict[str, Any]:
    """Give the columns that say how a target was found later, by the watch alone."""
    again = target.active_again
    return {
        "active_again": None if again is None else as_json(AUTHORIZATION, again.token),
        "drift_number": None if again is None else again.drift,
        "gone_at": target.gone_at,
    }


def target_row(target: Target) -> dict[str, Any]:
    """Give a target's columns but its place."""
    status = target.update.status
    return {
        "instance": target.instance,
        "authorization_id": target.authorization_id,
        "new_status": None if status is None else status.value,
        "new_description": target.update.description,
        "state": target.state.value,
        "before": as_json(AUTHORIZATION, target.before),
        "after": as_json(AUTHORIZATION, target.after),
        "problem": as_json(PROBLEM, target.problem),
        "intended_at": target.intended_at,
        "finished_at": target.finished_at,
        "replaces": target.replaces,
    }


def to_target(row: RowMapping) -> Target:
    """Read a target back from its row."""
    status = row["new_status"]
    return Target(
        instance=row["instance"],
        authorization_id=row["authorization_id"],
        update=AuthorizationUpdate(
            None if status is None else Status(status), row["new_description"]
        ),
        state=TargetState(row["state"]),
        before=to_authorization(row["before"]),
        after=to_authorization(row["after"]),
        problem=to_problem(row["problem"]),
        intended_at=row["intended_at"],
        finished_at=row["finished_at"],
        active_again=_active_again(row),
        gone_at=row["gone_at"],
        replaces=row["replaces"],
    )


def _active_again(row: RowMapping) -> ActiveAgain | None:
    token = to_authorization(row["active_again"])
    return None if token is None else ActiveAgain(token, row["drift_number"], row["again_by"])
