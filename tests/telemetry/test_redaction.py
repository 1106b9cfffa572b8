"""No log line holds a secret."""

import io
import json
import logging
import warnings
from dataclasses import dataclass

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.changes.secret import MASK
from bot.telemetry.logs import configure_logs
from bot.telemetry.redaction import redact
from tests.changes.minted import MINTED
from tests.changes.samples import UNHURRIED

pytestmark = pytest.mark.usefixtures("logging_as_before")
FORMATS = ["console", "json"]
RESPONSE_URL = "https://hooks.slack.com/commands/T0HOME/123456789012/AbCdEfGhIjKl"


@dataclass
class Failure:
    """Something that a log call is given, and that shows itself as text."""

    text: str

    def __str__(self) -> str:
        return f"Failure({self.text})"


def configured(log_format: str, level: str = "INFO") -> io.StringIO:
    """Send the logs of the process into a text."""
    stream = io.StringIO()
    configure_logs(level, log_format, stream)
    return stream


def redacted(**event: object) -> dict[str, object]:
    """Redact one event."""
    return dict(redact(None, "info", event))


@pytest.mark.parametrize(
    "key",
    [
        "token",
        "Token",
        "slack_bot_token",
        "influxdb_token",
        "client_secret",
        "slack_signing_secret",
        "password",
        "response_url",
        "trigger_id",
        "authorization",
        "Authorization",
        "Proxy-Authorization",
        "x-slack-signature",
        "Set-Cookie",
        "fingerprint_key",
        "api_key",
    ],
)
def test_keys_of_secrets(key: str) -> None:
    """What stands under the key of a secret is hidden, whatever it looks like, at any depth."""
    assert redacted(**{key: "short"}) == {key: MASK}
    assert redacted(body={"x": [{key: 1}]}) == {"body": {"x": [{key: MASK}]}}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("event", "listening"),
        ("authorization_id", "0d0d0d0d0d0d0003"),
        ("change", "7F3K2Q"),
        ("actor", "U0ALICE"),
        ("seconds", 0.25),
        ("retries", 3),
        ("ok", True),
        ("nothing", None),
        ("key", "default:0d0d0d0d0d0d0003"),
        ("url", "https://acme.slack.com/archives/C0INCIDENTS/p1732412345678900"),
    ],
)
def test_what_is_no_secret_stays(key: str, value: object) -> None:
    """Ids, numbers and links are what a log is for."""
    assert redacted(**{key: value}) == {key: value}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (SecretStr("short"), MASK),
        (MINTED, MASK),
        (f"GET /api?t={MINTED} failed", f"GET /api?t={MASK} failed"),
        (RESPONSE_URL, f"https://{MASK}"),
        (MINTED.encode(), f"b'{MASK}'"),
        (["a", MINTED], ["a", MASK]),
        (("a", MINTED), ["a", MASK]),
        ({"a": {"b": [SecretStr("x"), MINTED]}}, {"a": {"b": [MASK, MASK]}}),
        ({MINTED: 1}, {MASK: 1}),
        ({"deep": {"deep": {"deep": {"deep": {"deep": {"deep": "short"}}}}}}, None),
        ({MINTED}, f"{{'{MASK}'}}"),
        (Failure(MINTED), f"Failure({MASK})"),
        (ValueError(f"bad {MINTED}"), f"bad {MASK}"),
    ],
)
def test_shapes_of_secrets(value: object, shown: object) -> None:
    """A secret is hidden by its type or its shape, in whatever it is wrapped."""
    found = redacted(given=value)["given"]

    if shown is None:
        assert "short" not in str(found)
    else:
        assert found == shown


@UNHURRIED
@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9) | st.just(MINTED) | st.just(SecretStr("s")),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=8,
    )
)
def test_no_wrapping_hides_a_secret(value: object) -> None:
    """Whatever is logged, no token is in it, and it can be written as JSON."""
    assert MINTED not in json.dumps(redacted(given=value))


def stumble() -> None:
    """Raise an error that holds a secret, because of one that holds another."""
    try:
        int(MINTED)
    except ValueError as error:
        raise RuntimeError(f"outer {RESPONSE_URL}") from error


@pytest.mark.parametrize("log_format", FORMATS)
def test_exceptions(log_format: str) -> None:
    """A secret in an exception's message, or its cause's, is in no traceback."""
    stream = configured(log_format)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            stumble()
        except RuntimeError:
            structlog.get_logger().exception("stumbled", token="sh0rt")
            logging.getLogger("a.library").exception("%s", MINTED)

    logged = stream.getvalue()
    assert logged.count("Traceback (most recent call last)") == 4
    assert f"with base 10: '{MASK}'" in logged
    assert f"outer https://{MASK}" in logged
    assert [s for s in (MINTED, RESPONSE_URL, "sh0rt") if s in logged] == []


@pytest.mark.parametrize("log_format", FORMATS)
def test_libraries_pass_through_the_same_chain(log_format: str) -> None:
    """Their lines are redacted too, and those of the chatty ones only from a warning on."""
    stream = configured(log_format, "DEBUG")

    logging.getLogger("a.library").info("kept %s", MINTED)
    for name in ("slack_bolt", "slack_sdk.web", "httpx", "httpcore.connection", "aiohttp.access"):
        logging.getLogger(name).info("dropped")
        logging.getLogger(name).warning("warned of %s", MINTED)

    lines = stream.getvalue().splitlines()
    assert len(lines) == 6
    assert f"kept {MASK}" in lines[0]
    assert [line for line in lines[1:] if f"warned of {MASK}" not in line] == []


def test_json_lines() -> None:
    """One object a line, with level, time and what is bound; a new line in a text stays in it."""
    stream = configured("json")

    with structlog.contextvars.bound_contextvars(actor="U0ALICE", token="sh0rt"):
        structlog.get_logger().warning("two\nlines", n=1, who=SecretStr("x"))

    (line,) = stream.getvalue().splitlines()
    logged = json.loads(line)
    assert logged.pop("timestamp").endswith("Z")
    assert logged == {
        "event": "two\nlines",
        "level": "warning",
        "actor": "U0ALICE",
        "token": MASK,
        "n": 1,
        "who": MASK,
    }


@pytest.mark.parametrize(
    ("level", "logged"),
    [("DEBUG", 4), ("INFO", 3), ("WARNING", 2), ("ERROR", 1)],
)
def test_the_level_is_kept(level: str, logged: int) -> None:
    """Below it nothing is logged; configuring twice logs nothing twice."""
    configured("json", level)
    stream = configured("json", level)
    log = structlog.get_logger()

    for method in (log.debug, log.info, log.warning, log.error):
        method("said")

    assert len(stream.getvalue().splitlines()) == logged
