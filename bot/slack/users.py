"""Read who a user is, as Slack describes users.

Source: https://docs.slack.dev/reference/objects/user-object
"""

from collections.abc import Mapping
from typing import Any

from bot.changes.people import Account, Person
from bot.slack.web import NAME


def account_of(user: object) -> Account:
    """Read the kind of account; raise TypeError if this is no user."""
    if not isinstance(user, dict):
        raise TypeError("the user is no object")
    if user.get("deleted"):
        return Account.DEACTIVATED
    if user.get("is_bot"):
        return Account.BOT
    if any(user.get(kind) for kind in ("is_restricted", "is_ultra_restricted", "is_stranger")):
        return Account.GUEST
    return Account.MEMBER


def person_in(user_id: str, user: Mapping[str, Any]) -> Person:
    """Read of which workspace and organisation; the workspace is empty where Slack does not tell.

    Args:
        user_id: By which id Slack was asked.
        user: What it said.

    Raises:
        ValueError: If what stands for an id is none.
    """
    team, grid = user.get("team_id") or "", user.get("enterprise_user") or {}
    enterprise = grid.get("enterprise_id") or None
    return Person(
        user_id,
        id_in(team) if team else "",
        None if enterprise is None else id_in(enterprise),
    )


def id_in(told: object) -> str:
    """Read an id; raise ValueError if this is none."""
    name = str(told)
    if NAME.fullmatch(name) is None:
        raise ValueError("what stands for an id is none")
    return name
