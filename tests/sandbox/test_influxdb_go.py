"""JSON and times in the stand-in are Go's, to the wording of its errors."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.influxdb import gojson, gotime
from bot.sandbox.influxdb.authorizations import decode_update
from bot.sandbox.influxdb.goscanner import GoJSONError, JSONValue, Members
from bot.sandbox.influxdb.grants import decode_grant
from bot.sandbox.influxdb.wire import PlatformError

WRONG = "json: cannot unmarshal {} into Go struct field {} of type {}"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


def plain(value: JSONValue) -> Any:
    """Turn what was read into Python's own lists and dictionaries."""
    match value:
        case Members(pairs):
            return {name: plain(member) for name, member in pairs}
        case list():
            return [plain(item) for item in value]
        case _:
            return value


@given(value=JSON, indent=st.sampled_from([None, "\t"]))
def test_reads_what_it_writes(value: Any, indent: str | None) -> None:
    """Writing and reading gives the value back, and Python's reader agrees."""
    written = gojson.encode(value, indent=indent)

    assert plain(gojson.first_value(written)) == value
    assert json.loads(written) == value
    assert not {b"<", b">", b"&"} & {bytes([byte]) for byte in written}


@given(body=st.binary(max_size=40) | st.text('{}[]":,\\utrfalsen0123-+.eE \n').map(str.encode))
def test_any_body_is_read_or_refused_in_gos_words(body: bytes) -> None:
    """No body does anything but give a value or an error of a known form."""
    outcome = "a value"
    try:
        gojson.first_value(body)
    except GoJSONError as error:
        outcome = str(error)

    assert outcome.startswith(("a value", "EOF", "unexpected EOF", "invalid character '"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (" \n", "EOF"),
        ('{"status":"inactive"', "unexpected EOF"),
        ("{'status'", "invalid character '\\'' looking for beginning of object key string"),
        ('{"status"=', "invalid character '=' after object key"),
        ('{"status":"a" "', "invalid character '\"' after object key:value pair"),
        ("[1 2", "invalid character '2' after array element"),
        ('"a\nb"', "invalid character '\\n' in string literal"),
        ('"\\x"', "invalid character 'x' in string escape code"),
        ('"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"),
        ("nul!", "invalid character '!' in literal null (expecting 'l')"),
        ("-a", "invalid character 'a' in numeric literal"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ("1e?", "invalid character '?' in exponent of numeric literal"),
        ("ü", "invalid character 'Ã' looking for beginning of value"),
        ("5", "json: cannot unmarshal number into Go value of type influxdb.AuthorizationUpdate"),
        (
            '{"description":{},"status":1}',
            WRONG.format("object", "AuthorizationUpdate.description", "string"),
        ),
    ],
)
def test_bad_update_is_an_internal_error(body: str, message: str) -> None:
    """A PATCH body that cannot be read is answered 500 with Go's own message."""
    with pytest.raises(PlatformError) as caught:
        decode_update(body.encode())

    assert (caught.value.code, caught.value.message) == ("internal error", message)


@pytest.mark.parametrize(
    ("permissions", "message"),
    [
        (
            5,
            WRONG.format("number", "postAuthorizationRequest.permissions", "[]influxdb.Permission"),
        ),
        (
            ["x"],
            WRONG.format("string", "postAuthorizationRequest.permissions", "influxdb.Permission"),
        ),
        (
            [{"action": True}],
            WRONG.format("bool", "Permission.permissions.action", "influxdb.Action"),
        ),
        (
            [{"resource": {"type": []}}],
            WRONG.format("array", "Resource.permissions.resource.type", "influxdb.ResourceType"),
        ),
        ([{"resource": {"id": "0000000000000000"}}], "invalid ID"),
    ],
)
def test_bad_grant_is_the_clients_mistake(permissions: Any, message: str) -> None:
    """A POST body that cannot be read is answered 400, unlike PATCH, with Go's own message."""
    with pytest.raises(PlatformError) as caught:
        decode_grant(json.dumps({"permissions": permissions}).encode())

    assert caught.value.code == "invalid"
    assert caught.value.message == f"invalid json structure: {message}"


def test_null_takes_a_duplicate_back() -> None:
    """Of a member given twice the later counts, a null among them."""
    update = decode_update(b'{"status":"inactive","Description":"a","STATUS":null}')

    assert (update.status, update.description) == (None, "a")


def test_half_a_surrogate_pair_is_replaced() -> None:
    """An escaped pair is one character; half of one becomes the replacement character."""
    assert decode_update(b'{"description":"\\ud83d\\ude00 \\ud83d!"}').description == "😀 \ufffd!"


@pytest.mark.parametrize(
    ("instant", "offset", "text"),
    [
        (0, timedelta(0), "1970-01-01T00:00:00Z"),
        (1_500_000_000, timedelta(hours=2), "1970-01-01T02:00:01.5+02:00"),
        (283, timedelta(hours=-3, minutes=-30), "1969-12-31T20:30:00.000000283-03:30"),
    ],
)
def test_times_are_written_as_rfc3339nano(instant: int, offset: timedelta, text: str) -> None:
    """A time has as many fractional digits as it needs, and an offset; it reads back the same."""
    assert gotime.rfc3339nano(instant, offset) == text
    assert gotime.nanoseconds(text) == instant


def test_zero_time_can_be_followed() -> None:
    """A record without a time gets the clock's, and a clock behind the record is overtaken."""
    now = datetime(2026, 9, 1, tzinfo=UTC)
    future = "2030-01-01T00:00:00.999999999Z"

    assert gotime.stamp(now, timedelta(0), after=gotime.ZERO_TIME).startswith("2026-09-01")
    assert gotime.stamp(now, timedelta(0), after=future) == "2030-01-01T00:00:01Z"


def test_other_text_is_no_time() -> None:
    """A time that is not RFC3339 is refused."""
    with pytest.raises(ValueError, match="not an RFC3339 time"):
        gotime.nanoseconds("yesterday")
