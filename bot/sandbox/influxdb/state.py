"""What the server holds: users, organizations, buckets and authorizations."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.sandbox.influxdb import gotime
from bot.sandbox.influxdb.permissions import Permission, Resource

_OFFSET = timedelta(hours=2)
"""The server's local time, in which it states times: clients must not count on UTC."""

_ID_STEP = 0x1000
"""How far apart the server's own ids are; its clock-made ids leave such gaps."""


@dataclass(frozen=True, slots=True)
class User:
    """Know a user; a deleted one is not held at all."""

    id: str
    name: str
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Org:
    """Know an organization."""

    id: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """Hold an authorization as the server stores it.

    Attributes:
        token: The API token in clear, which a bearer proves itself by. Not shown in ``repr``.
        created_at: RFC3339 with nanoseconds and the server's offset, as answers state it.
        updated_at: As ``created_at``; every PATCH moves it forward.
        hashed: Whether the server keeps only a hash, and so shows an empty token.
    """

    id: str
    token: str = field(repr=False)
    status: str
    description: str
    org_id: str
    user_id: str
    permissions: tuple[Permission, ...]
    created_at: str
    updated_at: str
    hashed: bool = False


class State:
    """Keep the records and the rules by which they change.

    Args:
        fixture: ``orgs``, ``users``, ``buckets`` and ``authorizations`` in the members InfluxDB
            names them by. An authorization may also have ``createdAt``, ``updatedAt`` (RFC3339)
            and ``hashed``; an owner that is not among the users counts as deleted.
        clock: The current time, with a time zone.
        hash_tokens: Whether every authorization is kept hashed.
    """

    def __init__(
        self,
        fixture: Mapping[str, Any],
        clock: Callable[[], datetime],
        *,
        hash_tokens: bool,
    ) -> None:
        self._clock = clock
        self._hash_tokens = hash_tokens
        self.started = clock()
        self.orgs = {
            org["id"]: Org(org["id"], org["name"], org.get("description", ""))
            for org in fixture["orgs"]
        }
        self.users = {
            user["id"]: User(user["id"], user["name"], user.get("status", "active"))
            for user in fixture["users"]
        }
        self.bucket_names: Mapping[str, str] = {
            bucket["id"]: bucket["name"] for bucket in fixture.get("buckets", ())
        }
        self._authorizations = {
            entry["id"]: self._loaded(entry) for entry in fixture["authorizations"]
        }

    def now(self) -> datetime:
        """Read the server's clock."""
        return self._clock()

    def stamp(self, *, after: str | None = None) -> str:
        """Give the current time as the server states it, later than ``after`` in any case."""
        return gotime.stamp(self._clock(), _OFFSET, after=after)

    def started_at(self) -> str:
        """Give the time the server started as it states it."""
        return gotime.stamp(self.started, _OFFSET)

    def authorization(self, authorization_id: str) -> Authorization:
        """Find an authorization by id.

        Raises:
            KeyError: If there is none.
        """
        return self._authorizations[authorization_id]

    def authorizations(self) -> list[Authorization]:
        """List all authorizations in the order of their ids, orphans included."""
        return [self._authorizations[key] for key in sorted(self._authorizations)]

    def bearer(self, token: str) -> Authorization | None:
        """Find whom an API token stands for."""
        return next((a for a in self._authorizations.values() if a.token == token), None)

    def update(
        self, authorization_id: str, *, status: str | None = None, description: str | None = None
    ) -> Authorization:
        """Change what is given and move ``updated_at`` on, even when nothing else changes.

        Raises:
            KeyError: If there is no such authorization.
        """
        old = self._authorizations[authorization_id]
        new = replace(
            old,
            status=old.status if status is None else status,
            description=old.description if description is None else description,
            updated_at=self.stamp(after=old.updated_at),
        )
        self._authorizations[authorization_id] = new
        return new

    def restore(
        self,
        authorization_id: str,
        *,
        user_id: str | None = None,
        permissions: Sequence[Mapping[str, Any]] | None = None,
    ) -> Authorization:
        """Change what no request can, as when a backup is restored; ``updated_at`` stays.

        Raises:
            KeyError: If there is no such authorization.
        """
        old = self._authorizations[authorization_id]
        granted = None if permissions is None else tuple(_permission(p) for p in permissions)
        new = replace(
            old,
            user_id=old.user_id if user_id is None else user_id,
            permissions=old.permissions if granted is None else granted,
        )
        self._authorizations[authorization_id] = new
        return new

    def create(
        self,
        *,
        status: Literal["active", "inactive"],
        description: str,
        org_id: str,
        user_id: str,
        permissions: Iterable[Permission],
    ) -> Authorization:
        """Add an authorization with an id after all others and a token of its own."""
        last = max((int(key, 16) for key in self._authorizations), default=0)
        new_id = f"{last + _ID_STEP:016x}"
        now = self.stamp()
        created = Authorization(
            id=new_id,
            token=api_token(f"{new_id} {now}"),
            status=status,
            description=description,
            org_id=org_id,
            user_id=user_id,
            permissions=tuple(permissions),
            created_at=now,
            updated_at=now,
            hashed=self._hash_tokens,
        )
        self._authorizations[new_id] = created
        return created

    def delete(self, authorization_id: str) -> None:
        """Remove an authorization.

        Raises:
            KeyError: If there is none.
        """
        del self._authorizations[authorization_id]

    def delete_user(self, user_id: str) -> None:
        """Remove a user and leave the user's authorizations behind as orphans, as InfluxDB does.

        Raises:
            KeyError: If there is none.
        """
        del self.users[user_id]

    def set_user_status(self, user_id: str, status: Literal["active", "inactive"]) -> None:
        """Let a user in or shut the user out.

        Raises:
            KeyError: If there is none.
        """
        self.users[user_id] = replace(self.users[user_id], status=status)

    def _loaded(self, entry: Mapping[str, Any]) -> Authorization:
        created_at = entry.get("createdAt") or self.stamp()
        return Authorization(
            id=entry["id"],
            token=entry["token"],
            status=entry.get("status", "active"),
            description=entry.get("description", ""),
            org_id=entry["orgID"],
            user_id=entry["userID"],
            permissions=tuple(_permission(each) for each in entry["permissions"]),
            created_at=created_at,
            updated_at=entry.get("updatedAt") or created_at,
            hashed=self._hash_tokens or bool(entry.get("hashed", False)),
        )


def api_token(seed: str) -> str:
    """Make up an API token in the shape of InfluxDB's: 86 URL-safe characters and ``==``."""
    return base64.urlsafe_b64encode(hashlib.sha512(seed.encode()).digest()).decode()


def _permission(entry: Mapping[str, Any]) -> Permission:
    resource = entry["resource"]
    return Permission(
        entry["action"], Resource(resource["type"], resource.get("id"), resource.get("orgID"))
    )
