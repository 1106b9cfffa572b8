"""What an instance is asked about a leaked token, and what its answers prove."""

import json
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import SecretStr

from bot.changes.errors import ErrorCode, UpstreamError
from bot.changes.identifying import Identification, LiveTokenOwner, identify
from bot.changes.probe import Probe, ProbeVerdict, Search, Sighting
from bot.influxdb.client import InfluxDBClient
from bot.sandbox.influxdb import Fault, InfluxDBStandIn, Mode
from bot.telemetry.influxdb_metrics import InfluxDBMetrics

Opened = Callable[..., AbstractAsyncContextManager[InfluxDBClient]]
Answering = Callable[..., AbstractAsyncContextManager[tuple[InfluxDBClient, list[httpx.Request]]]]

FIXTURE = Path(__file__).parent.parent / "contract" / "fixture.json"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LISTING = "/api/v2/authorizations"
ME = "/api/v2/me"
CANARY = "canary/+=%& ü-of-somebody"
MINTED = "canary_" + "aB3-" * 19 + "xyz=="


def clock() -> datetime:
    """Tell the time, which stands still."""
    return NOW


def prefixes(*, renamed: bool) -> tuple[str, str]:
    """Give what ids of authorizations and of users begin with."""
    return ("f00d" * 3, "cafe" * 3) if renamed else ("0d" * 6, "0c" * 6)


def server(mode: Mode, *, renamed: bool = False, **secrets: str) -> InfluxDBStandIn:
    """Make the recorded server, with some tokens replaced, by the last digits of their ids."""
    authorizations, users = prefixes(renamed=renamed)
    text = FIXTURE.read_text().replace("0d" * 6, authorizations).replace("0c" * 6, users)
    fixture: dict[str, Any] = json.loads(text)
    for each in fixture["authorizations"]:
        each["token"] = secrets.get(f"id_{each['id'][-4:]}", each["token"])
    return InfluxDBStandIn(fixture, clock, mode=mode)


async def identified(client: InfluxDBClient, secret: str) -> Identification:
    """Ask one instance about a secret."""
    return await identify({"prod": client}, SecretStr(secret), clock)


@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    ("secret", "verdict", "user", "detail"),
    [
        ("operator-token", ProbeVerdict.LIVE, "0001", "HTTP 200: user {user}"),
        (
            "alice-bucket-rw",
            ProbeVerdict.LIVE,
            "0002",
            "HTTP 401: read:users/{user} is unauthorized",
        ),
        ("inactive-oper", ProbeVerdict.INACTIVE, None, "HTTP 401: token is inactive"),
        ("nobodys", ProbeVerdict.UNKNOWN_TOKEN, None, "HTTP 401: unauthorized access"),
        ("bob-token", ProbeVerdict.OWNER_INACTIVE, None, "HTTP 403: User is inactive"),
        ("ghost-token", ProbeVerdict.OWNER_INACTIVE, None, "HTTP 403: User is inactive"),
    ],
)
async def test_the_message_is_the_verdict(
    opened: Opened,
    mode: Mode,
    secret: str,
    verdict: ProbeVerdict,
    user: str | None,
    detail: str,
    *,
    renamed: bool,
) -> None:
    """The same on every kind of server: whose live token it is, or why it is of no use."""
    influxdb = server(mode, renamed=renamed)
    owner = None if user is None else prefixes(renamed=renamed)[1] + user
    async with opened(influxdb.app, clock=clock) as client:
        probe = await client.probe(SecretStr(secret))

    assert probe == Probe(verdict, NOW, owner, detail.format(user=owner))
    assert probe.dead is (verdict is not ProbeVerdict.LIVE)
    assert [(each.method, each.path, each.query) for each in influxdb.journal] == [("GET", ME, "")]


async def test_a_probe_tells_a_disabled_token(opened: Opened) -> None:
    """Where lists would only be empty, the verdict changes with the status."""
    influxdb = server(Mode.HASHED)
    async with opened(influxdb.app) as client:
        before = await client.probe(SecretStr("alice-bucket-rw"))
        influxdb.edit("0d0d0d0d0d0d0003", status="inactive")
        after = await client.probe(SecretStr("alice-bucket-rw"))

    assert (before.verdict, after.verdict) == (ProbeVerdict.LIVE, ProbeVerdict.INACTIVE)


@pytest.mark.parametrize(
    ("fault", "times", "detail"),
    [
        (Fault.TIMEOUT_AFTER, 99, "InfluxDB default did not answer within 0.05 s."),
        (Fault.RESET_AFTER, 99, "The connection to InfluxDB default broke off."),
        (Fault.BAD_GATEWAY_HTML, 99, "InfluxDB default is not available (HTTP 502)."),
        (Fault.STARTING, 99, "InfluxDB default is starting (HTTP 503)."),
        (Fault.TOO_MANY_REQUESTS, 99, "InfluxDB default is busy (HTTP 429)."),
        (
            Fault.INTERNAL_ERROR,
            1,
            "InfluxDB default stumbled (HTTP 500): an internal error has occurred.",
        ),
        (
            Fault.NOT_JSON,
            1,
            (
                "InfluxDB default did not answer as InfluxDB v2 does: HTTP 200, and not what was "
                "asked for."
            ),
        ),
    ],
)
async def test_without_a_message_nothing_is_proven(
    opened: Opened, fault: Fault, times: int, detail: str
) -> None:
    """Timeouts, errors and other people's pages say nothing of the token."""
    influxdb = server(Mode.PLAIN)
    influxdb.faults.add(fault, path=ME, times=times, retry_after=None)
    # Whatever else goes wrong, a busy machine must not be late.
    timeout = 0.05 if fault is Fault.TIMEOUT_AFTER else 10.0
    async with opened(influxdb.app, timeout=timeout, clock=clock) as client:
        probe = await client.probe(SecretStr("inactive-oper"))

    assert probe == Probe(ProbeVerdict.NOT_PROVEN, NOW, None, detail)
    assert not probe.dead
    # aiohttp itself asks once more where a connection that was used before breaks off.
    assert 1 <= len(influxdb.journal) <= 8


async def test_what_passes_is_tried_again(opened: Opened) -> None:
    """A probe may be repeated, so a hiccup does not leave it open."""
    influxdb = server(Mode.PLAIN)
    influxdb.faults.add(Fault.BAD_GATEWAY_HTML, path=ME)
    async with opened(influxdb.app) as client:
        probe = await client.probe(SecretStr("inactive-oper"))

    assert probe.verdict is ProbeVerdict.INACTIVE
    assert [each.status for each in influxdb.journal] == [502, 401]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "something else"),
        (401, "write:users/0c0c0c0c0c0c0002 is unauthorized"),
        (403, "read:users/0c0c0c0c0c0c0002 is unauthorized"),
        (403, "token is inactive"),
        (401, "User is inactive"),
    ],
)
async def test_other_refusals_prove_nothing(
    answering: Answering, status: int, message: str
) -> None:
    """Status and message both have to be what InfluxDB says; half of it is not enough."""
    body = {"code": "unauthorized", "message": message}
    async with answering(httpx.Response(status, json=body)) as (client, _):
        probe = await client.probe(SecretStr("anything"))

    assert (probe.verdict, probe.user_id) == (ProbeVerdict.NOT_PROVEN, None)
    assert probe.detail == f"HTTP {status}: {message}"


async def test_a_refusal_of_somebody_else_proves_nothing(answering: Answering) -> None:
    """A proxy's own 401 is not InfluxDB's."""
    async with answering(httpx.Response(401, text="<h1>Sign in</h1>")) as (client, asked):
        probe = await client.probe(SecretStr("anything"))

    assert probe.verdict is ProbeVerdict.NOT_PROVEN
    assert len(asked) == 1


@pytest.mark.parametrize("secret", ["new\nline", "nul\x00", "half \ud800", "\x7f"])
async def test_what_no_header_carries_is_no_token(opened: Opened, secret: str) -> None:
    """InfluxDB cannot accept it, so that is said and nothing is sent."""
    influxdb = server(Mode.PLAIN)
    async with opened(influxdb.app) as client:
        found = await identified(client, secret)

    (evidence,) = found.evidence
    assert evidence.probe.verdict is ProbeVerdict.UNKNOWN_TOKEN
    assert evidence.sighting.search is Search.IMPOSSIBLE
    assert not found.found
    assert "InfluxDB accepts no such token" in evidence.probe.detail
    assert influxdb.journal == []


@pytest.mark.parametrize("secret", ["pässwört-🔑", "a b\tc", "+/=%&?#", "x", MINTED])
@pytest.mark.parametrize("mode", list(Mode))
async def test_any_other_string_can_be_a_token(opened: Opened, mode: Mode, secret: str) -> None:
    """A token that was given at the setup can be anything, and is found as any other."""
    async with opened(server(mode, id_0002=secret).app) as client:
        found = await identified(client, secret)

    (evidence,) = found.evidence
    assert evidence.probe.verdict is ProbeVerdict.LIVE
    named = [match.authorization.id for match in found.matches]
    assert named == ([] if mode is Mode.HASHED else ["0d0d0d0d0d0d0002"])


@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("secret", ["alice-bucket-rw", "inactive-oper", "bob-token"])
async def test_a_shown_token_is_found_by_comparing(
    opened: Opened, secret: str, *, renamed: bool
) -> None:
    """Exactly one, active or not; that it was compared with every other is said."""
    influxdb = server(Mode.PLAIN, renamed=renamed)
    async with opened(influxdb.app) as client:
        sighting = await client.find_by_secret(SecretStr(secret))

    expected = {"alice-bucket-rw": "0003", "inactive-oper": "0004", "bob-token": "0005"}[secret]
    (found,) = sighting.matches
    assert found.id == prefixes(renamed=renamed)[0] + expected
    assert (sighting.search, sighting.shown, sighting.hidden) == (Search.COMPARED, 8, 0)
    assert [(each.path, each.query) for each in influxdb.journal] == [(LISTING, "")]


@pytest.mark.parametrize("secret", ["alice-bucket-r", "alice-bucket-rwx", "ALICE-BUCKET-RW", ""])
async def test_nearly_the_same_is_another_token(opened: Opened, secret: str) -> None:
    """No prefix, no other case; and what is hidden is not the empty token."""
    async with opened(server(Mode.PLAIN).app) as plain:
        assert (await plain.find_by_secret(SecretStr(secret))).matches == ()
    async with opened(server(Mode.HASHED).app) as hashed:
        assert (await hashed.find_by_secret(SecretStr(secret))).matches == ()


async def test_a_server_that_hides_tokens_is_not_asked_for_one(opened: Opened) -> None:
    """OSS ignores ``?token=`` and answers with everything, so the query is never sent."""
    influxdb = server(Mode.HASHED)
    async with opened(influxdb.app) as client:
        sighting = await client.find_by_secret(SecretStr("alice-bucket-rw"))

    assert sighting == Sighting(Search.HIDDEN, hidden=8)
    assert [(each.path, each.query) for each in influxdb.journal] == [(LISTING, "")]


@pytest.mark.parametrize(("secret", "matches"), [("alice-bucket-rw", 1), ("other-org", 0)])
async def test_a_mixed_server_tells_what_it_hides(
    opened: Opened, secret: str, matches: int
) -> None:
    """Where hashing was switched off again, older tokens stay hidden, and that is said."""
    fixture: dict[str, Any] = json.loads(FIXTURE.read_text())
    for each in fixture["authorizations"]:
        each["hashed"] = each["token"] not in {"operator-token", "alice-bucket-rw"}
    async with opened(InfluxDBStandIn(fixture, clock).app) as client:
        sighting = await client.find_by_secret(SecretStr(secret))

    assert (sighting.search, sighting.shown, sighting.hidden) == (Search.COMPARED, 2, 6)
    assert len(sighting.matches) == matches


@pytest.mark.parametrize(
    ("secret", "ids"), [("alice-bucket-rw", ["0d0d0d0d0d0d0003"]), ("nobodys", [])]
)
async def test_cloud_is_asked(opened: Opened, secret: str, ids: list[str]) -> None:
    """Only after the very server has called itself Cloud."""
    influxdb = server(Mode.CLOUD)
    async with opened(influxdb.app) as client:
        sighting = await client.find_by_secret(SecretStr(secret))

    assert [each.id for each in sighting.matches] == ids
    assert (sighting.search, sighting.shown, sighting.hidden) == (Search.ASKED, 0, 8)
    assert [each.query for each in influxdb.journal] == ["", "token=redacted"]


@pytest.mark.parametrize("entries", [1, 2])
async def test_a_cloud_that_ignores_the_query_is_not_believed(
    answering: Answering, entry: Callable[..., dict[str, Any]], entries: int
) -> None:
    """Even a single token is not the one that leaked, if it would be the answer to any query."""
    ids = ["0d0d0d0d0d0d0003", "0d0d0d0d0d0d0004"][:entries]
    listed = {"authorizations": [entry(token="redacted", id=each) for each in ids]}
    answer = httpx.Response(200, json=listed, headers={"X-Influxdb-Build": "Cloud"})
    async with answering(answer) as (client, asked):
        sighting = await client.find_by_secret(SecretStr("alice-bucket-rw"))

    assert (sighting.search, sighting.matches) == (Search.FAILED, ())
    assert "does not find a token as Cloud does" in sighting.why
    sent = [request.url.params.get("token") for request in asked]
    assert sent[:2] == [None, "alice-bucket-rw"]
    assert "alice-bucket-rw" not in sent[2:]


@pytest.mark.parametrize("build", [{"X-Influxdb-Build": "OSS"}, {}, {"X-Influxdb-Build": "cloud"}])
async def test_what_does_not_say_cloud_gets_no_query(
    answering: Answering, entry: Callable[..., dict[str, Any]], build: dict[str, str]
) -> None:
    """However it hides its tokens."""
    listed = {"authorizations": [entry(token="redacted")]}
    async with answering(httpx.Response(200, json=listed, headers=build)) as (client, asked):
        sighting = await client.find_by_secret(SecretStr("alice-bucket-rw"))

    assert sighting == Sighting(Search.HIDDEN, hidden=1)
    assert [request.url.query for request in asked] == [b""]


async def test_an_empty_list_of_an_inactive_bot_is_no_answer(opened: Opened) -> None:
    """InfluxDB shows an inactive token empty lists, from which nothing follows."""
    influxdb = server(Mode.PLAIN)
    async with opened(influxdb.app, token="inactive-oper") as client:
        with pytest.raises(UpstreamError) as searching:
            await client.find_by_secret(SecretStr("alice-bucket-rw"))
        with pytest.raises(UpstreamError) as listing:
            await client.of_user_id("0c0c0c0c0c0c0002")
        found = await identified(client, "alice-bucket-rw")

    assert searching.value.problem.code is ErrorCode.OWN_TOKEN_INACTIVE
    assert listing.value.problem.code is ErrorCode.OWN_TOKEN_INACTIVE
    (evidence,) = found.evidence
    assert evidence.sighting.search is Search.FAILED
    assert "The bot's own token on InfluxDB default is inactive." in evidence.sighting.why
    assert found.owners == (LiveTokenOwner("prod", "0c0c0c0c0c0c0002"),)


async def test_the_tokens_of_a_user_are_listed_by_id(opened: Opened) -> None:
    """By the owner that a probe tells, all of them, active or not."""
    influxdb = server(Mode.HASHED)
    async with opened(influxdb.app) as client:
        found = await client.of_user_id("0c0c0c0c0c0c0001")
        nobodys = await client.of_user_id("0c0c0c0c0c0c00ff")

    ids = ["0d0d0d0d0d0d0001", "0d0d0d0d0d0d0004", "0d0d0d0d0d0d0007"]
    assert [each.id for each in found] == ids
    assert nobodys == ()
    assert influxdb.journal[0].query == "userID=0c0c0c0c0c0c0001"


async def test_a_server_that_lists_too_much_is_filtered(
    answering: Answering, entry: Callable[..., dict[str, Any]]
) -> None:
    """Other users' tokens are nobody's choice."""
    theirs = entry(id="0d0d0d0d0d0d0009", userID="0c0c0c0c0c0c0003")
    listed = {"authorizations": [entry(), theirs]}
    async with answering(httpx.Response(200, json=listed)) as (client, _):
        found = await client.of_user_id("0c0c0c0c0c0c0002")

    assert [each.id for each in found] == ["0d0d0d0d0d0d0003"]


@pytest.mark.parametrize("mode", list(Mode))
async def test_all_that_a_server_knows_is_put_together(opened: Opened, mode: Mode) -> None:
    """Named by the server where it can; by its owner where it is only live; or as of no use."""
    async with opened(server(mode).app, clock=clock) as client:
        live = await identified(client, "alice-bucket-rw")
        inactive = await identified(client, "inactive-oper")
        gone = await identified(client, "ghost-token")
        unknown = await identified(client, "nobodys")

    hides = mode is Mode.HASHED
    named = {"prod", "0d0d0d0d0d0d0003"}
    assert {part for m in live.matches for part in (m.instance, m.authorization.id)} == (
        set() if hides else named
    )
    assert live.owners == ((LiveTokenOwner("prod", "0c0c0c0c0c0c0002"),) if hides else ())
    assert len(inactive.matches) == (0 if hides else 1)
    assert [each.instance for each in inactive.already_inactive] == (["prod"] if hides else [])
    # Lists leave out the tokens of users that are gone.
    assert [each.instance for each in gone.owner_inactive] == ["prod"]
    assert [each.instance for each in unknown.unknown] == ["prod"]
    assert [each.found for each in (live, inactive, gone, unknown)] == [True, True, True, False]
    assert unknown.at == NOW


async def test_all_instances_are_asked_at_once(opened: Opened) -> None:
    """One that is slow or silent keeps no answer of the others back, and is told apart."""
    plain, hashed, silent = server(Mode.PLAIN), server(Mode.HASHED), server(Mode.PLAIN)
    silent.faults.add(Fault.TIMEOUT_BEFORE, times=99)
    async with (
        opened(plain.app) as first,
        opened(hashed.app) as second,
        opened(silent.app, timeout=0.05) as third,
    ):
        instances = {"prod": first, "lab": second, "edge": third}
        found = await identify(instances, SecretStr("alice-bucket-rw"), clock)

    assert [each.instance for each in found.evidence] == ["prod", "lab", "edge"]
    assert [match.instance for match in found.matches] == ["prod"]
    assert found.owners == (LiveTokenOwner("lab", "0c0c0c0c0c0c0002"),)
    (unproven,) = found.not_proven
    assert (unproven.instance, unproven.sighting.search) == ("edge", Search.FAILED)
    assert "did not answer within" in unproven.sighting.why


async def test_a_token_that_the_bot_may_not_see_is_found_by_its_owner(opened: Opened) -> None:
    """The list leaves out what the bot may not read; the probe does not."""
    async with opened(server(Mode.PLAIN).app, token="alice-all-access") as client:
        found = await identified(client, "operator-token")

    assert found.matches == ()
    assert found.owners == (LiveTokenOwner("prod", "0c0c0c0c0c0c0001"),)
    assert found.evidence[0].sighting.shown == 4


@pytest.mark.parametrize("secret", [CANARY, MINTED])
@pytest.mark.parametrize(
    "fault", [None, *(f for f in Fault if f not in {Fault.SLOW, Fault.STALE_REENABLE})]
)
@pytest.mark.parametrize("mode", list(Mode))
async def test_the_secret_stays_in(
    opened: Opened,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    mode: Mode,
    fault: Fault | None,
    secret: str,
) -> None:
    """In no log line of anybody, in no result's or error's text, and in no metric."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "aiohttp", "aiohttp.client", "stamina", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    registry = CollectorRegistry()
    measured = InfluxDBMetrics(registry).of("default")
    influxdb = server(mode, id_0002=secret)
    if fault is not None:
        influxdb.faults.add(fault, path="/api.*", times=99, retry_after=None)
    timeout = 10.0 if fault is None else 0.05
    async with opened(influxdb.app, observer=measured, timeout=timeout) as client:
        found = await identified(client, secret)
        told = [repr(client), repr(vars(client)), repr(found), str(found)]

    out, err = capfd.readouterr()
    text = "\n".join(
        [out, err, caplog.text, generate_latest(registry).decode(), *told]
        + [repr(vars(each)) for each in caplog.records]
    )
    assert LISTING in text or fault is not None
    assert 'operation="probe"' in text
    assert "canary" not in text
    assert all("canary" not in each.query for each in influxdb.journal)


async def test_a_server_that_repeats_the_secret_is_masked(
    answering: Answering, entry: Callable[..., dict[str, Any]]
) -> None:
    """Whatever it says of it: in a refusal, as the user's id, or to Cloud's query."""
    said = {"code": "unauthorized", "message": f"{CANARY} is inactive"}
    user = {"id": CANARY, "status": "active"}
    listed = {"authorizations": [entry(token="redacted")] * 2}
    cloud = httpx.Response(200, json=listed, headers={"X-Influxdb-Build": "Cloud"})
    told: list[object] = []
    for answer in (
        httpx.Response(401, json=said),
        httpx.Response(500, json=said),
        httpx.Response(200, json=user),
    ):
        async with answering(answer) as (client, _):
            told.append(await client.probe(SecretStr(CANARY)))
    async with answering(cloud, httpx.Response(500, json=said)) as (client, _):
        with pytest.raises(UpstreamError) as caught:
            await client.find_by_secret(SecretStr(CANARY))

    assert "canary" not in repr((told, caught.value, caught.value.problem))
    assert "(hidden: looks like a secret) is inactive" in caught.value.problem.message
    assert all(isinstance(each, Probe) and each.verdict is ProbeVerdict.NOT_PROVEN for each in told)
