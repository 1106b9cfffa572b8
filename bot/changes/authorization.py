from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Whether InfluxDB accepts the API token of an authorization."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class Permission:
    """One thing that an authorization allows.

    Without ``resource_id`` and ``org_id`` it holds on the whole instance.
    """

    action: str
    resource_type: str
    resource_id: str | None = None
    resource_name: str | None = None
    org_id: str | None = None
    org: str | None = None

    @property
    def everywhere(self) -> bool:
        """Tell whether the permission is bound to no resource and no organisation."""
        return self.resource_id is None and self.org_id is None


@dataclass(frozen=True)
class Authorization:
    """An InfluxDB authorization as the bot knows it: everything but the secret.

    Attributes:
        id: 16 lower-case hexadecimal digits.
        own: True if its token is the one that the bot itself uses, False if it is known to be
            another, None if the server does not show tokens.
        revision: ``updatedAt`` in nanoseconds since 1970; grows with every PATCH.
        created_at: None where the server's record predates the field.
        updated_at: As ``created_at``, cut to microseconds.
    """

    id: str
    status: Status
    description: str
    user_id: str
    user: str
    org_id: str
    org: str
    permissions: tuple[Permission, ...]
    own: bool | None
    revision: int
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def active(self) -> bool:
        """Tell whether InfluxDB accepts the token."""
        return self.status is Status.ACTIVE

    @property
    def operator(self) -> bool:
        """Tell whether it is an operator token: one that can repair every other authorization.

        It reads and writes authorizations, users and organisations of the whole instance.
        """
        return _everywhere(self.permissions, ("authorizations", "users", "orgs"))

    @property
    def writes_users(self) -> bool:
        """Tell whether the token can change users of the whole instance, passwords included."""
        return any(
            p.everywhere and p.action == "write" and p.resource_type == "users"
            for p in self.permissions
        )


def _everywhere(permissions: Iterable[Permission], types: Iterable[str]) -> bool:
    held = {(p.action, p.resource_type) for p in permissions if p.everywhere}
    return all((action, kind) in held for kind in types for action in ("read", "write"))
