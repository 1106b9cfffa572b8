"""Keep the bot from sawing off its own branch: its own token and the last operator token."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem

_ANOTHER_FIRST = "Give the bot another token first, or disable this one with the influx CLI."
_CONFIGURE = (
    "Set INFLUXDB_OWN_AUTHORIZATION, or own_authorization in token-bot.toml, to the id of the "
    "bot's own authorization, and this bot can tell its own token from others."
)


@dataclass(frozen=True)
class OwnToken:
    """What an instance tells about the token that the bot uses there.

    Attributes:
        authorization_id: Its id, from the configuration or found by value on Cloud.
        user_id: Its user, from ``GET /api/v2/me``; None if that was denied.
        siblings: How many authorizations of that user can be seen; None if not counted.
    """

    authorization_id: str | None = None
    user_id: str | None = None
    siblings: int | None = None


def own_token_problem(target: Authorization, own: OwnToken) -> Problem | None:
    """Refuse to disable what is, or may be, the token that the bot itself uses.

    The value decides where the server shows it; else the id, if it is known; else the user.
    """
    if target.own or target.id == own.authorization_id:
        return Problem(
            ErrorCode.OWN_TOKEN,
            f"{target.id} is the token that this bot itself uses. Disabled, it could not even be "
            "enabled again from here.",
            _ANOTHER_FIRST,
        )
    if target.own is False or own.authorization_id is not None:
        return None
    if own.user_id is None:
        return Problem(
            ErrorCode.OWN_TOKEN,
            "This server does not show tokens, and it does not tell whose token this bot uses, so "
            "any token could be the bot's own. Disabling is refused altogether.",
            _CONFIGURE,
        )
    if target.user_id != own.user_id:
        return None
    if own.siblings == 1:
        return Problem(
            ErrorCode.OWN_TOKEN,
            f"{target.id} is the only token of the bot's user {target.user}, so it is the token "
            "that this bot itself uses.",
            _ANOTHER_FIRST,
        )
    return Problem(
        ErrorCode.OWN_TOKEN,
        f"{target.id} belongs to {target.user}, the user whose token this bot uses. This server "
        "does not show tokens, so it may be the bot's own.",
        _CONFIGURE,
    )


def last_operator_problem(
    target: Authorization, others: Iterable[Authorization], active_users: frozenset[str]
) -> Problem | None:
    """Refuse to disable the last operator token that works, as far as the bot can see.

    Args:
        target: The authorization that is to be disabled.
        others: All authorizations that the bot can see.
        active_users: The owners that may use InfluxDB at all.
    """
    if not (target.operator and target.active):
        return None
    if any(
        other.operator and other.active and other.id != target.id and other.user_id in active_users
        for other in others
    ):
        return None
    return Problem(
        ErrorCode.LAST_OPERATOR,
        f"{target.id} is the last active operator token that this bot can see. Without one, nobody "
        "can manage this InfluxDB through its API.",
        "Create or enable another operator token first.",
    )
