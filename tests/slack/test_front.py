"""The front takes what Slack signed, and nothing else; what it refuses leaves one short line."""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
from multidict import CIMultiDict
from structlog.testing import capture_logs

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack.signing import signed_headers
from tests.slack.traces import traces
from tests.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MARKER = "marker-of-the-body"
COMMAND = urlencode(
    {
        "command": "/token",
        "text": f"disable {TELEGRAF_EDGE_42} --reason {MARKER}",
        "user_id": "U0ALICE",
        "team_id": "T0HOME",
        "channel_id": "C0INCIDENTS",
    }
).encode()


@pytest.fixture
def here(lasting_world: World) -> World:
    """One bot for all refusals: none of them may change it."""
    return lasting_world


def _signed(here: World, body: bytes, content_type: str = FORM) -> CIMultiDict[str]:
    return CIMultiDict({**here.slack.sign(body), "Content-Type": content_type})


async def _refused(
    here: World,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    headers: Mapping[str, str],
    status: int,
) -> None:
    """Send it, and see that it is refused without any other trace than one line."""
    before = traces(here)
    with capture_logs() as logs:
        delivery = await here.slack.deliver_raw(body, headers)
        await here.settled()

    assert delivery.status == status
    assert [line["log_level"] for line in logs] == ["warning"]
    assert set(logs[0]) == {"event", "reason", "status", "log_level"}
    assert len(str(logs[0])) < 200
    assert MARKER not in str(logs) + delivery.body
    assert caplog.records == []
    assert traces(here) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Slack-Signature", None),
        ("X-Slack-Signature", ""),
        ("X-Slack-Signature", "v0="),
        ("X-Slack-Signature", f"v0={'0' * 64}"),
        ("X-Slack-Signature", f"v0={'ä' * 64}"),
        ("X-Slack-Signature", f"v1={'0' * 64}"),
        ("X-Slack-Request-Timestamp", None),
        ("X-Slack-Request-Timestamp", ""),
        ("X-Slack-Request-Timestamp", "now"),
        ("X-Slack-Request-Timestamp", "1e9"),
        ("X-Slack-Request-Timestamp", "-1"),
        ("X-Slack-Request-Timestamp", "٣" * 10),
        ("X-Slack-Request-Timestamp", "9" * 5_000),
    ],
)
async def test_missing_and_malformed_headers_are_401(
    here: World, caplog: pytest.LogCaptureFixture, name: str, value: str | None
) -> None:
    """A signature or timestamp that is absent or no such thing is refused, never a fault."""
    headers = _signed(here, COMMAND)
    del headers[name]
    if value is not None:
        headers[name] = value

    await _refused(here, caplog, COMMAND, headers, 401)


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_repeated_headers_are_401(
    here: World, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Where a header stands twice, nobody can say which one was checked."""
    headers = _signed(here, COMMAND)
    headers.add(name, headers[name])

    await _refused(here, caplog, COMMAND, headers, 401)


async def test_a_signature_in_upper_case_is_401(
    here: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack signs in lower case, and the comparison is of characters."""
    headers = _signed(here, COMMAND)
    headers["X-Slack-Signature"] = f"v0={headers['X-Slack-Signature'][3:].upper()}"

    await _refused(here, caplog, COMMAND, headers, 401)


async def test_another_secrets_signature_is_401(
    here: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A signature made with another secret is forged."""
    headers = signed_headers("another-secret", COMMAND, here.now())

    await _refused(here, caplog, COMMAND, headers, 401)


@pytest.mark.parametrize("body", [COMMAND + b"x", COMMAND[:-1], b"", b"\xff\xfe"])
async def test_a_signature_of_another_body_is_401(
    here: World, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    """One byte more or less and the signature does not hold, whatever the bytes are."""
    await _refused(here, caplog, body, _signed(here, COMMAND), 401)


@pytest.mark.parametrize("seconds", [-302, -3_600, 302, 3_600])
async def test_signatures_of_another_time_are_401(
    here: World, caplog: pytest.LogCaptureFixture, seconds: int
) -> None:
    """More than five minutes old, or from the future, is refused."""
    headers = here.slack.sign(COMMAND, here.now() + timedelta(seconds=seconds))

    await _refused(here, caplog, COMMAND, headers, 401)


@pytest.mark.parametrize("seconds", [-298, 298])
async def test_signatures_are_good_for_five_minutes(here: World, seconds: int) -> None:
    """Clocks differ and networks are slow: within five minutes either way it is taken."""
    body = urlencode({"type": "nothing", "at": seconds}).encode()
    headers = here.slack.sign(body, here.now() + timedelta(seconds=seconds))

    delivery = await here.slack.deliver_raw(body, headers)

    assert delivery.status == 200


async def test_ssl_check_unsigned_is_401(here: World, caplog: pytest.LogCaptureFixture) -> None:
    """The certificate check that Slack once made is no way around the signature."""
    await _refused(here, caplog, b"ssl_check=1", {"Content-Type": FORM}, 401)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", JSON),
        (b"\xff\xfe\x00", FORM),
        (b"text=%FF%FE", FORM),
        (b"payload=notjson", FORM),
        (b"payload=", FORM),
        (b"payload=[1]", FORM),
        (b'payload="text"', FORM),
        (b"payload=null", FORM),
        (b"[]", JSON),
        (b"1", JSON),
        (b'{"a":', JSON),
        (b'{"a":' * 50_000, JSON),
        (b"[" * 100_000, JSON),
        (b"payload=" + b'{"a":' * 50_000, FORM),
        (b"&".join(b"f%d=1" % n for n in range(101)), FORM),
        # Signed as an event, in which somebody has typed a command of somebody else's.
        (b'{"typed": "' + b"&" + COMMAND + b'&x="}', FORM),
        (b'\n {"typed": "' + b"&" + COMMAND + b'&x="}', FORM),
        (COMMAND, "text/plain"),
        (COMMAND, ""),
    ],
)
async def test_signed_and_unreadable_is_400(
    here: World, caplog: pytest.LogCaptureFixture, body: bytes, content_type: str
) -> None:
    """What is signed and still no form, no JSON object or not of Slack's shape is refused."""
    await _refused(here, caplog, body, _signed(here, body, content_type), 400)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "url_verification", "challenge": MARKER},
        {"type": "event_callback", "event": {"type": "message", "text": MARKER}},
        {"type": "event_callback", "event": 5},
        {"type": "view_submission", "view": {}},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [1]},
        {"type": "block_actions", "actions": [{"action_id": 5}]},
        {"type": {"type": MARKER}},
        {"command": ["/token"]},
        {"ssl_check": "1"},
    ],
)
async def test_what_nothing_listens_to_is_200_and_empty(
    here: World, caplog: pytest.LogCaptureFixture, body: dict[str, object]
) -> None:
    """Slack sends it as configured, so that it gets its 200; nothing comes of it."""
    raw = json.dumps(body).encode()
    before = traces(here)
    with capture_logs() as logs:
        delivery = await here.slack.deliver_raw(raw, _signed(here, raw, JSON))
        await here.settled()

    assert (delivery.status, delivery.body) == (200, "")
    assert [line["event"] for line in logs] == ["nothing listens to this"]
    assert len(str(logs[0])) < 200
    assert caplog.records == []
    assert traces(here) == before


async def test_an_empty_signed_form_is_200_and_empty(here: World) -> None:
    """A form without a field is a form that nothing listens to."""
    delivery = await here.slack.deliver_raw(b"", _signed(here, b""))

    assert (delivery.status, delivery.body) == (200, "")


async def test_bolts_lazy_headers_do_nothing(here: World) -> None:
    """Bolt would take these from anybody who can sign; here a command stays a command."""
    body = COMMAND.replace(b"disable", b"whoami+x")
    headers = _signed(here, body)
    headers["X-Slack-Bolt-Lazy-Only"] = "1"
    headers["X-Slack-Bolt-Lazy-Function-Name"] = "commands"

    delivery = await here.slack.deliver_raw(body, headers)

    assert delivery.status == 200
    assert json.loads(delivery.body)["response_type"] == "ephemeral"


async def test_other_methods_are_405(here: World) -> None:
    """The address takes POST alone."""
    async with aiohttp.ClientSession() as session:
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            async with session.request(method, here.slack.events_url) as answer:
                assert answer.status == 405
