"""The endpoints that read users and organizations: ``/api/v2/me``, ``/users`` and ``/orgs``."""

from collections.abc import Callable, Mapping

from bot.sandbox.influxdb.credentials import Caller
from bot.sandbox.influxdb.gotime import ZERO_TIME
from bot.sandbox.influxdb.permissions import to_org, to_user
from bot.sandbox.influxdb.state import Org, State, User
from bot.sandbox.influxdb.wire import Answer, PlatformError, Request, json_answer, parse_id

USERS = "/api/v2/users"
ORGS = "/api/v2/orgs"


def me(caller: Caller, state: State) -> Answer:
    """Show the caller's user, which takes the permission to read that user."""
    return get_user(caller.authorization.user_id, caller, state)


def get_user(user_id: str, caller: Caller, state: State) -> Answer:
    """Show a user; whether it may be read is told before whether it exists."""
    wanted = parse_id(user_id)
    caller.require(to_user("read", wanted))
    if wanted not in state.users:
        raise PlatformError("not found", "user not found")
    return json_answer(_shown_user(state.users[wanted]))


def get_users(request: Request, caller: Caller, state: State) -> Answer:
    """List one page of users, less those the caller may not read."""
    start, limit, after = _page(request.query)
    wanted, name = request.query.get("id"), request.query.get("name")
    if wanted:
        found = [_user(parse_id(wanted), state)]
    elif name:
        found = [state.users[user_named(name, state)]]
    else:
        found = [state.users[key] for key in sorted(state.users) if key > after]
    page = found[start : start + limit]
    entries = [_shown_user(user) for user in page if caller.may(to_user("read", user.id))]
    return json_answer({"links": {"self": USERS}, "users": entries})


def get_org(org_id: str, caller: Caller, state: State) -> Answer:
    """Show an organization; whether it may be read is told before whether it exists."""
    wanted = parse_id(org_id)
    caller.require(to_org("read", wanted))
    return json_answer(_shown_org(_org(wanted, state)))


def get_orgs(request: Request, caller: Caller, state: State) -> Answer:
    """List the organizations the caller may read; a malformed ``orgID`` filters nothing."""
    wanted = _lenient_id(request.query.get("orgID", ""))
    name = request.query.get("org")
    if wanted is not None:
        found = [_org(wanted, state)]
    elif name:
        found = [state.orgs[org_named(name, state)]]
    else:
        found = [state.orgs[key] for key in sorted(state.orgs)]
    entries = [_shown_org(org) for org in found if caller.may(to_org("read", org.id))]
    return json_answer({"links": {"self": ORGS}, "orgs": entries})


def user_named(name: str, state: State) -> str:
    """Find a user's id by name.

    Raises:
        PlatformError: 404 if there is none.
    """
    for user in state.users.values():
        if user.name == name:
            return user.id
    raise PlatformError("not found", "user not found")


def org_named(name: str, state: State) -> str:
    """Find an organization's id by name.

    Raises:
        PlatformError: 404 if there is none.
    """
    for org in state.orgs.values():
        if org.name == name:
            return org.id
    raise PlatformError("not found", f'organization name "{name}" not found')


def _user(user_id: str, state: State) -> User:
    if user_id not in state.users:
        raise PlatformError("not found", "user not found")
    return state.users[user_id]


def _org(org_id: str, state: State) -> Org:
    if org_id not in state.orgs:
        raise PlatformError("not found", "organization not found")
    return state.orgs[org_id]


def _page(query: Mapping[str, str]) -> tuple[int, int, str]:
    offset = _number(query, "offset", default=0, fits=lambda number: number >= 0)
    after = parse_id(query["after"]) if query.get("after") else ""
    limit = _number(query, "limit", default=20, fits=lambda _: True)
    if not 1 <= limit <= 100:
        raise PlatformError("invalid", "limit must be between 1 and 100")
    return offset, limit, after


def _number(
    query: Mapping[str, str], name: str, *, default: int, fits: Callable[[int], bool]
) -> int:
    text = query.get(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or not fits(number):
        raise PlatformError("invalid", f"{name} is invalid")
    return number


def _lenient_id(text: str) -> str | None:
    try:
        return parse_id(text)
    except PlatformError:
        return None


def _shown_user(user: User) -> dict[str, object]:
    return {
        "links": {"self": f"{USERS}/{user.id}"},
        "id": user.id,
        "name": user.name,
        "status": user.status,
    }


def _shown_org(org: Org) -> dict[str, object]:
    own = f"{ORGS}/{org.id}"
    links = {name: f"{own}/{name}" for name in ("labels", "logs", "members", "owners", "secrets")}
    links |= {name: f"/api/v2/{name}?org={org.name}" for name in ("buckets", "dashboards", "tasks")}
    links["self"] = own
    return {
        "links": dict(sorted(links.items())),
        "id": org.id,
        "name": org.name,
        "description": org.description,
        "createdAt": ZERO_TIME,
        "updatedAt": ZERO_TIME,
    }
