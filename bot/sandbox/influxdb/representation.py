"""The object by which InfluxDB shows an authorization."""

from bot.sandbox.influxdb.permissions import Permission
from bot.sandbox.influxdb.product import Product
from bot.sandbox.influxdb.state import Authorization, State
from bot.sandbox.influxdb.wire import PlatformError

PREFIX = "/api/v2/authorizations"


def shown(
    authorization: Authorization, state: State, product: Product, *, token: str | None = None
) -> dict[str, object]:
    """Build the object answers hold, names looked up.

    Args:
        authorization: What to show.
        state: Where names are found.
        product: Decides whether the token is shown.
        token: The token to show in any case, as for one just made.

    Raises:
        PlatformError: 404 if the organization or the owner no longer exists.
    """
    org = state.orgs.get(authorization.org_id)
    if org is None:
        raise PlatformError("not found", "organization not found")
    owner = state.users.get(authorization.user_id)
    if owner is None:
        raise PlatformError("not found", "user not found")
    if token is None:
        token = product.shown_token(authorization.token, hashed=authorization.hashed)
    return {
        "id": authorization.id,
        "token": token,
        "status": authorization.status,
        "description": authorization.description,
        "orgID": org.id,
        "org": org.name,
        "userID": owner.id,
        "user": owner.name,
        "permissions": [_shown_permission(each, state) for each in authorization.permissions],
        "links": {
            "self": f"{PREFIX}/{authorization.id}",
            "user": f"/api/v2/users/{owner.id}",
        },
        "createdAt": authorization.created_at,
        "updatedAt": authorization.updated_at,
    }


def _shown_permission(permission: Permission, state: State) -> dict[str, object]:
    resource = permission.resource
    name: str | None = ""
    if resource.id is not None:
        name = _resource_name(resource.type, resource.id, state)
    org = state.orgs.get(resource.org_id or "")
    members = {
        "type": resource.type,
        "id": resource.id,
        "orgID": resource.org_id,
        "name": name,
        # InfluxDB gives up on both names once the resource's own is not found.
        "org": org.name if org is not None and name is not None else None,
    }
    return {
        "action": permission.action,
        "resource": {key: value for key, value in members.items() if value},
    }


def _resource_name(resource_type: str, resource_id: str, state: State) -> str | None:
    """Find a resource's name: empty for types without names, None for a deleted resource."""
    match resource_type:
        case "buckets":
            return state.bucket_names.get(resource_id)
        case "orgs":
            org = state.orgs.get(resource_id)
            return None if org is None else org.name
        case "users":
            user = state.users.get(resource_id)
            return None if user is None else user.name
        case _:
            return ""
