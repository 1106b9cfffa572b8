"""What an API token may do, worked out from its authorization's permissions.

Source: InfluxDB's own matching of permissions; users are resources of no organisation, so that a
permission for an organisation's users is good for none of them.
"""

from collections.abc import Iterable

from bot.changes.authorization import Authorization, Permission


def sees_all(held: Iterable[Permission]) -> bool:
    """Tell whether all authorizations can be read, whoever owns them and wherever they are."""
    whole = {each.resource_type for each in held if each.action == "read" and each.everywhere}
    return {"authorizations", "users"} <= whole


def may_change(held: Iterable[Permission], target: Authorization) -> bool:
    """Tell whether an authorization can be changed: that takes its owner's permission as well."""
    permissions = tuple(held)
    return _allows(permissions, "authorizations", target.id, target.org_id) and _allows(
        permissions, "users", target.user_id, None
    )


def lacking_to_change(held: Iterable[Permission], target: Authorization) -> str:
    """Name what is lacking to change an authorization, as ``write access to …``."""
    permissions = tuple(held)
    if not _allows(permissions, "authorizations", target.id, target.org_id):
        return "write access to authorizations"
    return "write access to users"


def _allows(held: Iterable[Permission], kind: str, resource_id: str, org_id: str | None) -> bool:
    return any(
        each.action == "write" and each.resource_type == kind and _covers(each, resource_id, org_id)
        for each in held
    )


def _covers(permission: Permission, resource_id: str, org_id: str | None) -> bool:
    if permission.resource_id is not None:
        return permission.resource_id == resource_id
    return permission.org_id is None or permission.org_id == org_id
