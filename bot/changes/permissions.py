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
# What every version of InfluxDB 2 grants for one organisation, all at once, as All-Access; later
# versions grant a few types more. Users and organisations are granted by their ids.
_ORGANISATION_WIDE = frozenset(_SINGULAR) - {
    *("orgs", "users"),
    *("annotations", "notebooks", "remotes", "replications"),
}
_EVERYWHERE = frozenset({*_ORGANISATION_WIDE, "orgs", "users"})


def in_plain_words(authorization: Authorization) -> tuple[str, ...]:
    """Say what an authorization allows, a line each, the widest first.

    Returns:
        Lines such as ``read and write bucket metrics``.
    """
    rest = list(authorization.permissions)
    lines = []
    if authorization.operator and _whole(p for p in rest if p.everywhere) >= _EVERYWHERE:
        return ("operator: everything in all organisations",)
    if authorization.operator:
        lines.append("operator: all organisations")
    for org_id in dict.fromkeys(p.org_id for p in rest if p.org_id is not None):
        theirs = [p for p in rest if p.org_id == org_id and p.resource_id is None]
        if _whole(theirs) >= _ORGANISATION_WIDE:
            name = next((p.org for p in theirs if p.org), org_id)
            lines.append(f"everything in organisation {name}")
            rest = [p for p in rest if org_id not in (p.org_id, p.resource_id)]
    return (*lines, *_by_resource(sorted(rest, key=_narrowness))) or ("nothing",)


def _whole(permissions: Iterable[Permission]) -> frozenset[str]:
    """Name the types of resource that can both be read and be written."""
    held = {(p.action, p.resource_type) for p in permissions}
    return frozenset(kind for _, kind in held if {("read", kind), ("write", kind)} <= held)


def _narrowness(permission: Permission) -> int:
    if permission.everywhere:
        return 0
    return 1 if permission.resource_id is None else 2


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
