"""The endpoints under ``/api/v2/authorizations`` that read, change and delete."""

from dataclasses import dataclass

from bot.sandbox.influxdb import gojson
from bot.sandbox.influxdb.credentials import Caller
from bot.sandbox.influxdb.gojson import GoType
from bot.sandbox.influxdb.goscanner import GoJSONError, JSONValue
from bot.sandbox.influxdb.permissions import Action, Permission, to_authorization, to_user
from bot.sandbox.influxdb.product import Mode, Product
from bot.sandbox.influxdb.representation import PREFIX, shown
from bot.sandbox.influxdb.state import Authorization, State
from bot.sandbox.influxdb.tenants import org_named, user_named
from bot.sandbox.influxdb.wire import Answer, PlatformError, Request, json_answer, parse_id

_UPDATE_FIELDS = {
    "status": GoType("influxdb.Status", "string"),
    "description": GoType("string", "string"),
}


@dataclass(frozen=True, slots=True)
class Update:
    """Hold what a PATCH asks for; None leaves a field alone."""

    status: str | None
    description: str | None


def get_all(request: Request, caller: Caller, state: State, product: Product) -> Answer:
    """List what the caller may read and whose owner and organization still exist.

    ``id`` overrides every other filter, though names are looked up first. Only Cloud heeds
    ``token``; no server pages.
    """
    query = request.query
    user_id, org_id, one = (
        parse_id(query[name]) if query.get(name) else None for name in ("userID", "orgID", "id")
    )
    if user_id is None and query.get("user"):
        user_id = user_named(query["user"], state)
    if org_id is None and query.get("org"):
        org_id = org_named(query["org"], state)
    found = [_found(one, state)] if one is not None else state.authorizations()
    entries = [
        shown(authorization, state, product)
        for authorization in found
        if caller.may(*_needed("read", authorization))
        and authorization.user_id in state.users
        and authorization.org_id in state.orgs
        and (
            one is not None
            or (
                user_id in {None, authorization.user_id}
                and org_id in {None, authorization.org_id}
                and _has_token(authorization, query.get("token"), product)
            )
        )
    ]
    return json_answer({"links": {"self": PREFIX}, "authorizations": entries})


def get_one(authorization_id: str, caller: Caller, state: State, product: Product) -> Answer:
    """Show one authorization; whether it exists is told before whether it may be read."""
    found = _found(parse_id(authorization_id), state)
    caller.require(*_needed("read", found))
    return json_answer(shown(found, state, product))


def patch(
    authorization_id: str, body: bytes, caller: Caller, state: State, product: Product
) -> Answer:
    """Change status and description.

    The owner's name is looked up after the change is stored: on an orphan the change applies and
    the answer is 404 ``user not found``.
    """
    wanted = parse_id(authorization_id)
    update = decode_update(body)
    found = _found(wanted, state)
    caller.require(*_needed("read", found), *_needed("write", found))
    if update.status not in {None, "", "active", "inactive"}:
        raise PlatformError("invalid", product.bad_status)
    status = "active" if update.status == "" else update.status
    changed = state.update(wanted, status=status, description=update.description)
    return json_answer(shown(changed, state, product))


def delete(authorization_id: str, caller: Caller, state: State) -> Answer:
    """Delete one authorization."""
    found = _found(parse_id(authorization_id), state)
    caller.require(*_needed("write", found))
    state.delete(found.id)
    return Answer(204)


def decode_update(body: bytes) -> Update:
    """Read a PATCH body the way InfluxDB does, which answers 500 when it cannot.

    Raises:
        PlatformError: With Go's message.
    """
    try:
        fields = gojson.struct(
            gojson.first_value(body), "influxdb.AuthorizationUpdate", _UPDATE_FIELDS
        )
    except GoJSONError as error:
        raise PlatformError("internal error", str(error)) from error
    return Update(_text(fields.get("status")), _text(fields.get("description")))


def _needed(verb: Action, authorization: Authorization) -> tuple[Permission, Permission]:
    return (
        to_authorization(verb, authorization.id, authorization.org_id),
        to_user(verb, authorization.user_id),
    )


def _found(authorization_id: str, state: State) -> Authorization:
    try:
        return state.authorization(authorization_id)
    except KeyError:
        raise PlatformError("not found", "authorization not found") from None


def _has_token(authorization: Authorization, token: str | None, product: Product) -> bool:
    return product.mode is not Mode.CLOUD or not token or authorization.token == token


def _text(value: JSONValue) -> str | None:
    return value if isinstance(value, str) else None
