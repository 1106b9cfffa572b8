from dataclasses import dataclass, replace
from enum import StrEnum

from bot.changes.authorization import Authorization, Status


class ChangeKind(StrEnum):
    """What a change does, as the policy judges it."""

    DISABLE = "disable"
    ENABLE = "enable"
    DESCRIBE = "describe"


@dataclass(frozen=True)
class AuthorizationUpdate:
    """New values for an authorization, as InfluxDB's PATCH takes them; None leaves a field alone.

    Source: ``PATCH /api/v2/authorizations/{id}``, which takes status and description alone.

    Raises:
        ValueError: If neither field is given. An empty PATCH would still touch ``updatedAt``.
    """

    status: Status | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        if self.status is None and self.description is None:
            raise ValueError("an update changes the status, the description or both")

    @property
    def kind(self) -> ChangeKind:
        """Name the kind; a change of status outweighs one of the description."""
        if self.status is Status.INACTIVE:
            return ChangeKind.DISABLE
        if self.status is Status.ACTIVE:
            return ChangeKind.ENABLE
        return ChangeKind.DESCRIBE

    @property
    def kinds(self) -> frozenset[ChangeKind]:
        """Name everything that the update causes, each of which the policy judges."""
        described = () if self.description is None else (ChangeKind.DESCRIBE,)
        return frozenset({self.kind, *described})

    def effect_on(self, before: Authorization) -> ChangeKind:
        """Name what the update does to an authorization; a status that is so already is no change.

        Args:
            before: The authorization as it was before the update.
        """
        if self.status is before.status and self.description is not None:
            return ChangeKind.DESCRIBE
        return self.kind

    def apply(self, authorization: Authorization) -> Authorization:
        """Show the authorization as it would be after the update."""
        return replace(
            authorization,
            status=authorization.status if self.status is None else self.status,
            description=(
                authorization.description if self.description is None else self.description
            ),
        )

    def holds(self, authorization: Authorization) -> bool:
        """Tell whether the authorization already has every value that the update asks for."""
        return self.apply(authorization) == authorization

    def inverse(self, before: Authorization) -> "AuthorizationUpdate":
        """Give the update that restores the fields that this one sets.

        Args:
            before: The authorization as it was before this update.
        """
        return AuthorizationUpdate(
            status=None if self.status is None else before.status,
            description=None if self.description is None else before.description,
        )


DISABLED = AuthorizationUpdate(Status.INACTIVE)
"""What a disable sets, and nothing else."""

SOME_DESCRIPTION = AuthorizationUpdate(description="")
"""Stands for any describe, where what it would set is not said, or does not matter any more."""


@dataclass(frozen=True)
class Difference:
    """One field that is not what it was expected to be."""

    field: str
    expected: str
    found: str


def differences(expected: Authorization, found: Authorization) -> tuple[Difference, ...]:
    """List what people can see to be different: status and description."""
    pairs = (
        ("status", expected.status.value, found.status.value),
        ("description", expected.description, found.description),
    )
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def conflict(recorded: Authorization, found: Authorization) -> tuple[Difference, ...]:
    """List what has changed since the bot's last record of an authorization.

    A PATCH that sets what was there already still moves ``updatedAt``; that alone is a conflict,
    since somebody has decided about the token in between.
    """
    visible = differences(recorded, found)
    if visible or recorded.revision == found.revision:
        return visible
    return (Difference("updatedAt", _instant(recorded), _instant(found)),)


def _instant(authorization: Authorization) -> str:
    # Two people who race are less than a second apart.
    moment = authorization.updated_at
    return "unknown" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC"


def summary(update: AuthorizationUpdate, before: Authorization) -> tuple[tuple[str, str, str], ...]:
    """List the fields that the update changes, as (field, old value, new value)."""
    after = update.apply(before)
    return tuple((d.field, d.expected, d.found) for d in differences(before, after))
