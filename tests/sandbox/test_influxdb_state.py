"""What the stand-in holds, who may see it, and what it writes down."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb import organisation as acme
from bot.sandbox.influxdb.permissions import Permission, Resource
from bot.sandbox.serving import serve

ALL = "/api/v2/authorizations"
ONE = f"{ALL}/{acme.TELEGRAF_EDGE_42}"
NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def influxdb() -> InfluxDBStandIn:
    """Stand in for the server of the made-up company, at a time that stands still."""
    return InfluxDBStandIn(acme.realistic_fixture(), lambda: NOON)


@pytest.fixture
async def client(influxdb: InfluxDBStandIn) -> AsyncIterator[httpx.AsyncClient]:
    """Ask it with the bot's own API token."""
    headers = {"Authorization": f"Token {acme.BOT_API_TOKEN}"}
    async with (
        serve(influxdb.app) as url,
        httpx.AsyncClient(base_url=url, headers=headers) as opened,
    ):
        yield opened


async def test_made_up_company_is_seen_by_its_bot(client: httpx.AsyncClient) -> None:
    """The bot sees all but the orphan, in the order of ids, of both organizations."""
    listed = (await client.get(ALL)).json()["authorizations"]

    ids = [entry["id"] for entry in listed]
    assert ids == sorted(ids)
    assert acme.ORPHAN not in ids
    assert {entry["org"] for entry in listed} == {"acme", "globex"}
    assert [entry["status"] for entry in listed].count("inactive") == 1
    assert [entry["user"] for entry in listed].count("token-bot") == 1
    assert {len(entry["token"]) for entry in listed} == {88}


async def test_updated_at_moves_on_while_the_clock_stands(client: httpx.AsyncClient) -> None:
    """Each PATCH, even an empty one, gets a later updatedAt, in nanoseconds of local time."""
    times = [(await client.patch(ONE, json={})).json()["updatedAt"] for _ in range(3)]

    assert times == [f"2026-09-01T14:00:00.00000028{digit}+02:00" for digit in (3, 4, 5)]


async def test_others_change_things_too(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """An edit in the UI shows in answers and in the true state, with a new updatedAt."""
    before = influxdb.authorization(acme.TELEGRAF_EDGE_42)
    influxdb.edit(acme.TELEGRAF_EDGE_42, status="inactive", description="edge-42, retired")
    entry = (await client.get(ONE)).json()

    assert (entry["status"], entry["description"]) == ("inactive", "edge-42, retired")
    assert entry["updatedAt"] == influxdb.authorization(acme.TELEGRAF_EDGE_42).updated_at
    assert entry["updatedAt"] != before.updated_at
    assert before.status == "active"


async def test_deleted_owner_leaves_orphans(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """What a deleted user owned is no longer listed or shown, though it is still there."""
    influxdb.delete_user(acme.TELEGRAF)
    listed = {entry["id"] for entry in (await client.get(ALL)).json()["authorizations"]}
    answer = await client.get(ONE)

    assert listed.isdisjoint({acme.TELEGRAF_EDGE_42, acme.TELEGRAF_EDGE_43})
    assert (answer.status_code, answer.json()["message"]) == (404, "user not found")
    assert influxdb.authorization(acme.TELEGRAF_EDGE_42).user_id == acme.TELEGRAF


async def test_inactive_user_is_shut_out(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """Tokens of an inactive user are refused with 403 until the user is active again."""
    influxdb.set_user_status(acme.TOKEN_BOT, "inactive")
    refused = await client.get(ALL)
    influxdb.set_user_status(acme.TOKEN_BOT, "active")

    assert refused.text == '{"code":"forbidden","message":"User is inactive"}'
    assert (await client.get(ALL)).status_code == 200


async def test_write_only_token_sees_nothing(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """Telegraf's token may write to a bucket and read no authorization, not even its own."""
    secret = influxdb.authorization(acme.TELEGRAF_EDGE_42).token
    headers = {"Authorization": f"Token {secret}"}
    listed = await client.get(ALL, headers=headers)
    shown = await client.get(ONE, headers=headers)

    assert listed.json()["authorizations"] == []
    assert shown.status_code == 401
    assert shown.json()["message"] == (
        f"read:orgs/{acme.ACME}/authorizations/{acme.TELEGRAF_EDGE_42} is unauthorized"
    )


async def test_users_come_in_pages(client: httpx.AsyncClient) -> None:
    """Users, unlike authorizations, are listed by limit, offset and after."""
    users = "/api/v2/users"
    whole = [user["id"] for user in (await client.get(users)).json()["users"]]
    page = {"after": whole[1], "offset": 1, "limit": 3}
    paged = [user["id"] for user in (await client.get(users, params=page)).json()["users"]]
    refused = await client.get(users, params={"offset": -1})

    assert paged == whole[3:6]
    assert (refused.status_code, refused.json()["message"]) == (400, "offset is invalid")


async def test_journal_holds_requests_without_secrets(
    influxdb: InfluxDBStandIn, client: httpx.AsyncClient
) -> None:
    """Each request is written down with whose token asked, and no token's value."""
    await client.get(ALL, params={"org": "acme", "token": acme.BOT_API_TOKEN})
    await client.patch(ONE, json={"status": "inactive"})
    await client.get("/api/v2/me", headers={"Authorization": "Token unknown"})

    listed, patched, asked = influxdb.journal
    assert (listed.query, listed.body) == ("org=acme&token=redacted", None)
    assert (patched.path, patched.body, patched.status) == (ONE, '{"status":"inactive"}', 200)
    assert (patched.authorization_id, patched.at) == (acme.BOT_AUTHORIZATION, NOON)
    assert (asked.authorization_id, asked.status) == (None, 401)
    assert influxdb.patches() == [patched]
    secrets = [authorization.token for authorization in influxdb.authorizations()]
    written = repr(influxdb.journal) + repr(influxdb.authorizations())
    assert [secret for secret in secrets if secret in written] == []


def test_unknown_authorization_is_a_key_error(influxdb: InfluxDBStandIn) -> None:
    """Asking for, or editing, what does not exist is the test's mistake."""
    with pytest.raises(KeyError):
        influxdb.authorization("0e840d0483803fff")
    with pytest.raises(KeyError):
        influxdb.edit("0e840d0483803fff", status="inactive")


async def test_ready_states_how_long_it_is_up() -> None:
    """The uptime follows the clock, written as Go writes durations."""
    now = [NOON]
    influxdb = InfluxDBStandIn(acme.realistic_fixture(), lambda: now[0])
    written = []
    async with serve(influxdb.app) as url, httpx.AsyncClient(base_url=url) as client:
        for milliseconds in (0, 250, 1_500, 84_700, 7_200_000):
            now[0] = NOON + timedelta(milliseconds=milliseconds)
            written.append((await client.get("/ready")).json()["up"])

    assert written == ["0s", "250ms", "1.5s", "1m24.7s", "2h0m0s"]


IDS = st.none() | st.sampled_from(["000000000000000a", "000000000000000b"])
RESOURCES = st.builds(Resource, st.sampled_from(["users", "buckets"]), IDS, IDS)
PERMISSIONS = st.builds(Permission, st.sampled_from(["read", "write"]), RESOURCES)


@given(held=PERMISSIONS, wanted=PERMISSIONS)
def test_permission_never_covers_more_than_it_names(held: Permission, wanted: Permission) -> None:
    """What covers has the same action and type, and names nothing the wanted one does not."""
    if held.covers(wanted):
        assert (held.action, held.resource.type) == (wanted.action, wanted.resource.type)
        assert held.resource.id in {None, wanted.resource.id}
        if held.resource.id is None:
            assert held.resource.org_id in {None, wanted.resource.org_id}


@given(wanted=PERMISSIONS)
def test_permission_without_limits_covers_its_type(wanted: Permission) -> None:
    """An operator's permission covers each resource of its type, in any organization."""
    assert Permission(wanted.action, Resource(wanted.resource.type)).covers(wanted)


def test_users_of_an_organization_cover_no_user() -> None:
    """A permission for an organization's users is not enough for one user by id."""
    held = Permission("read", Resource("users", org_id=acme.ACME))

    assert not held.covers(Permission("read", Resource("users", id=acme.ALICE)))
