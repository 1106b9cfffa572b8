"""POST ``/api/v2/authorizations``: make an authorization, granting no more than one holds."""

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.influxdb import gojson
from bot.sandbox.influxdb.credentials import Caller
from bot.sandbox.influxdb.gojson import GoType
from bot.sandbox.influxdb.goscanner import GoJSONError, JSONValue
from bot.sandbox.influxdb.permissions import ACTIONS, RESOURCE_TYPES, Permission, Resource, to_user
from bot.sandbox.influxdb.product import Product
from bot.sandbox.influxdb.representation import shown
from bot.sandbox.influxdb.state import State
from bot.sandbox.influxdb.wire import Answer, PlatformError, json_answer, parse_id

_ID = GoType("platform.ID", "string")
_TEXT = GoType("string", "string")
_FIELDS = {
    "status": GoType("influxdb.Status", "string"),
    "orgID": _ID,
    "userID": _ID,
    "description": _TEXT,
    "permissions": GoType("[]influxdb.Permission", "array"),
}
_PERMISSION_FIELDS = {
    "action": GoType("influxdb.Action", "string"),
    "resource": GoType("influxdb.Resource", "object"),
}
_RESOURCE_FIELDS = {"type": GoType("influxdb.ResourceType", "string"), "id": _ID, "orgID": _ID}
_PERMISSIONS = "postAuthorizationRequest.permissions"


@dataclass(frozen=True, slots=True)
class Grant:
    """Hold what a POST asks for."""

    status: str
    org_id: str | None
    user_id: str | None
    description: str
    permissions: tuple[Permission, ...]


def post(body: bytes, caller: Caller, state: State, product: Product) -> Answer:
    """Make an authorization and show its token, for the only time where tokens are hashed."""
    grant = decode_grant(body)
    status, org_id = _validated(grant)
    user_id = grant.user_id or caller.authorization.user_id
    caller.require(
        Permission("write", Resource("authorizations", org_id=org_id)), to_user("write", user_id)
    )
    for permission in grant.permissions:
        if not caller.may(permission):
            raise PlatformError(
                "forbidden", f"permission {permission} is not allowed: {permission} is unauthorized"
            )
    for permission in grant.permissions:
        if permission.resource.org_id not in {None, org_id}:
            raise PlatformError("invalid", f"permission {permission} is not for org id {org_id}")
    if user_id not in state.users or org_id not in state.orgs:
        raise PlatformError("invalid", "unable to create token")
    created = state.create(
        status=status,
        description=grant.description,
        org_id=org_id,
        user_id=user_id,
        permissions=grant.permissions,
    )
    return json_answer(shown(created, state, product, token=created.token), 201)


def decode_grant(body: bytes) -> Grant:
    """Read a POST body.

    Raises:
        PlatformError: 400 with Go's message, unlike PATCH.
    """
    try:
        fields = gojson.struct(
            gojson.first_value(body), "authorization.postAuthorizationRequest", _FIELDS
        )
        permissions = fields.get("permissions", [])
        return Grant(
            status=_string(fields, "status") or "active",
            org_id=_id(fields, "orgID"),
            user_id=_id(fields, "userID"),
            description=_string(fields, "description"),
            permissions=tuple(_permission(each) for each in _items(permissions)),
        )
    except GoJSONError as error:
        raise PlatformError("invalid", f"invalid json structure: {error}") from error
    except PlatformError as error:
        raise PlatformError("invalid", f"invalid json structure: {error.message}") from error


def _validated(grant: Grant) -> tuple[Literal["active", "inactive"], str]:
    if not grant.permissions:
        raise PlatformError("invalid", "authorization must include permissions")
    for permission in grant.permissions:
        if permission.resource.type not in RESOURCE_TYPES:
            raise PlatformError(
                "invalid",
                "invalid resource type for permission: unknown resource type for permission",
            )
        if permission.action not in ACTIONS:
            raise PlatformError(
                "invalid", "invalid action type for permission: unknown action for permission"
            )
    if grant.org_id is None:
        raise PlatformError("invalid", "org id required: invalid ID")
    if grant.status == "active":
        return "active", grant.org_id
    if grant.status == "inactive":
        return "inactive", grant.org_id
    raise PlatformError("invalid", "invalid status: must be active or inactive")


def _permission(value: JSONValue) -> Permission:
    fields = gojson.struct(value, "influxdb.Permission", _PERMISSION_FIELDS, where=_PERMISSIONS)
    resource = gojson.struct(
        fields.get("resource"),
        "influxdb.Resource",
        _RESOURCE_FIELDS,
        where=f"{_PERMISSIONS}.resource",
    )
    return Permission(
        _string(fields, "action"),
        Resource(_string(resource, "type"), _id(resource, "id"), _id(resource, "orgID")),
    )


def _string(fields: dict[str, JSONValue], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _id(fields: dict[str, JSONValue], name: str) -> str | None:
    value = fields.get(name)
    return parse_id(value) if isinstance(value, str) else None


def _items(value: JSONValue) -> list[JSONValue]:
    return value if isinstance(value, list) else []
