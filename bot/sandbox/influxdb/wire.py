"""What goes over the wire: requests as handlers see them, answers, and the error envelope."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.influxdb import gojson

Headers = tuple[tuple[str, str], ...]

JSON_TYPE = ("Content-Type", "application/json; charset=utf-8")

_STATUS = {
    "internal error": 500,
    "invalid": 400,
    "not found": 404,
    "unavailable": 503,
    "forbidden": 403,
    "too many requests": 429,
    "unauthorized": 401,
}

_ID = re.compile(r"[0-9a-fA-F]{16}")


@dataclass(frozen=True, slots=True)
class Request:
    """Hold a request that has come in whole.

    Attributes:
        path: The decoded path, without the one slash that may end it.
        query: The first value of each query parameter.
        headers: The headers by their lower-case names.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold an answer, without the headers that name the server."""

    status: int
    body: bytes = b""
    headers: Headers = ()


class PlatformError(Exception):
    """Refuse a request with InfluxDB's error code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def json_answer(value: object, status: int = 200) -> Answer:
    """Answer with JSON indented by tabs and no newline at the end, as InfluxDB's handlers do."""
    return Answer(status, gojson.encode(value, indent="\t"), (JSON_TYPE,))


def error_answer(error: PlatformError, *, compact: bool = False) -> Answer:
    """Answer with the error envelope; what checks credentials writes it compactly."""
    envelope = {"code": error.code, "message": error.message}
    return Answer(
        _STATUS[error.code],
        gojson.encode(envelope, indent=None if compact else "\t"),
        (JSON_TYPE, ("X-Platform-Error-Code", error.code)),
    )


def parse_id(text: str) -> str:
    """Read an id of 16 hexadecimal digits, which stand for any number but zero, in lower case.

    Raises:
        PlatformError: If it is none.
    """
    if len(text.encode()) != 16:
        raise PlatformError("invalid", "id must have a length of 16 bytes")
    if _ID.fullmatch(text) is None or int(text, 16) == 0:
        raise PlatformError("invalid", "invalid ID")
    return text.lower()
