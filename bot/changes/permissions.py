from collections import defaultdict
from collections.abc import Iterable

from bot.changes.authorization import Authorization, Permission

_SINGULAR = {
    "annotations": "annotation",
    "authorizations": "authorization",
    "buckets": "bucket",
    "checks": "check",
    "dashboards": "dashboard",
    "dbrp": "DBRP mapping",
    "documents": "document",
    "labels": "label",
    "notebooks": "notebook",
    "notificationEndpoints": "notification endpoint",
    "notificationRules": "notification rule",
    "orgs": "organisation",
    "remotes": "remote",
    "replications": "replication",
    "scrapers": "scraper",
    "secrets": "secret",
    "sources": "source",
    "tasks": "task",
    "telegrafs": "Telegraf configuration",
    "users": "user",
    "variables": "variable",
    "views": "view",
}
# InfluxDB's All-Access token holds every type for one organisation; this many is near enough.
_ALL_ACCESS_TYPES = 15


def in_plain_words(authorization: Authorization) -> tuple[str, ...]:
    """Say what an authorization allows, a line each, the widest first.

    Returns:
        Lines such as ``read and write bucket metrics``.
    """
    if authorization.operator:
        return ("operator: everything in all organisations",)
    lines = []
    rest = list(authorization.permissions)
    for org_id, org in _all_access(rest):
        lines.append(f"everything in organisation {org or org_id}")
        rest = [p for p in rest if org_id not in (p.org_id, p.resource_id)]
    return (*lines, *_by_resource(rest)) or ("nothing",)


def _all_access(permissions: Iterable[Permission]) -> list[tuple[str, str | None]]:
    types: dict[str, set[tuple[str, str]]] = defaultdict(set)
    names: dict[str, str | None] = {}
    for permission in permissions:
        if permission.org_id is not None and permission.resource_id is None:
            types[permission.org_id].add((permission.action, permission.resource_type))
            names[permission.org_id] = names.get(permission.org_id) or permission.org
    return [(i, names[i]) for i, held in types.items() if len(held) >= 2 * _ALL_ACCESS_TYPES]


def _by_resource(permissions: Iterable[Permission]) -> list[str]:
    actions: dict[str, list[str]] = {}
    for permission in permissions:
        held = actions.setdefault(_resource(permission), [])
        if permission.action not in held:
            held.append(permission.action)
    return [f"{' and '.join(sorted(held))} {resource}" for resource, held in actions.items()]


def _resource(permission: Permission) -> str:
    singular = _SINGULAR.get(permission.resource_type, permission.resource_type)
    if permission.resource_id is not None:
        return f"{singular} {permission.resource_name or permission.resource_id}"
    plural = singular if singular.endswith("s") else f"{singular}s"
    if permission.org_id is not None:
        return f"all {plural} in organisation {permission.org or permission.org_id}"
    return f"all {plural} in all organisations"
