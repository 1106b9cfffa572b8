"""Who may do what: InfluxDB's permissions and how one covers another."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Action: TypeAlias = Literal["read", "write"]

ACTIONS: tuple[Action, ...] = ("read", "write")

GRANTABLE_TYPES = (
    "authorizations",
    "buckets",
    "dashboards",
    "orgs",
    "sources",
    "tasks",
    "telegrafs",
    "users",
    "variables",
    "scrapers",
    "secrets",
    "labels",
    "views",
    "documents",
    "notificationRules",
    "notificationEndpoints",
    "checks",
    "dbrp",
    "notebooks",
    "annotations",
    "remotes",
    "replications",
)
"""Resource types an operator token holds, in the order InfluxDB lists them."""

RESOURCE_TYPES = frozenset({*GRANTABLE_TYPES, "instance"})


@dataclass(frozen=True, slots=True)
class Resource:
    """Name one resource (``id``), all of an organization (``org_id``), or all there are."""

    type: str
    id: str | None = None
    org_id: str | None = None

    def __str__(self) -> str:
        parts = [] if self.org_id is None else ["orgs", self.org_id]
        parts.append(self.type)
        if self.id is not None:
            parts.append(self.id)
        return "/".join(parts)


@dataclass(frozen=True, slots=True)
class Permission:
    """Allow an action on a resource."""

    action: str
    resource: Resource

    def __str__(self) -> str:
        return f"{self.action}:{self.resource}"

    def covers(self, wanted: "Permission") -> bool:
        """Tell whether holding this is enough for what is wanted (InfluxDB's ``matchesV1``).

        A permission for an organization's users does not cover a user by id: users are no
        resource of an organization.
        """
        mine, theirs = self.resource, wanted.resource
        if self.action != wanted.action or mine.type != theirs.type:
            return False
        if mine.id is not None:
            return mine.id == theirs.id
        return mine.org_id is None or mine.org_id == theirs.org_id


def allowed(wanted: Permission, held: Iterable[Permission]) -> bool:
    """Tell whether any held permission covers what is wanted."""
    return any(permission.covers(wanted) for permission in held)


def to_authorization(action: Action, authorization_id: str, org_id: str) -> Permission:
    """Build what acting on one authorization takes."""
    return Permission(action, Resource("authorizations", authorization_id, org_id))


def to_user(action: Action, user_id: str) -> Permission:
    """Build what acting on one user, or on what the user owns, takes."""
    return Permission(action, Resource("users", user_id))


def to_org(action: Action, org_id: str) -> Permission:
    """Build what acting on one organization takes."""
    return Permission(action, Resource("orgs", org_id))
