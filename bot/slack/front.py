import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import parse_qsl

import structlog
from pydantic import SecretStr
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.slack import logged
from bot.slack.payloads import reduced

# Slack's views may hold 250 kB, and an interaction brings the view along.
LARGEST_BODY = 1_000_000
_SIGNATURE_SECONDS = 300
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_FORM = "application/x-www-form-urlencoded"

_log = structlog.get_logger()

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Seen = Callable[[str], None]


class _RefusedError(Exception):
    """A request that does not come from Slack, or that nobody could read."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class SlackFront:
    """Take Slack's HTTP requests in: bound them, verify them, parse them, and hand them to Bolt.

    The signature is checked on the raw bytes before anything of them is parsed. What is refused
    leaves one short line in the log, without the body.

    Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack

    Args:
        signing_secret: The app's signing secret.
        dispatch: Bolt.
        clock: Tells the time; a signature is good for five minutes.
        seen: Told how each request ended, for the metrics.
    """

    def __init__(
        self,
        signing_secret: SecretStr,
        dispatch: Dispatch,
        clock: Callable[[], datetime],
        seen: Seen,
    ) -> None:
        self._secret = signing_secret
        self._dispatch = dispatch
        self._clock = clock
        self._seen = seen

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            bolt_request = await self._read(request)
        except _RefusedError as refused:
            self._seen(refused.reason)
            _log.warning("request refused", reason=refused.reason, status=refused.status)
            return PlainTextResponse(refused.reason, refused.status)
        except ClientDisconnect:
            self._seen("client gone")
            return PlainTextResponse("client gone", 400)
        if bolt_request is None:
            self._seen("ignored")
            return Response()
        with logged.as_sent(bolt_request.context["delivery"], bolt_request.body):
            answer = await self._dispatch(bolt_request)
        self._seen("accepted")
        headers = {name: ", ".join(values) for name, values in answer.headers.items()}
        return Response(answer.body, answer.status, headers)

    async def _read(self, request: Request) -> AsyncBoltRequest | None:
        """Read what Slack sent; None if nothing here listens to it."""
        signature = _header(request, "x-slack-signature", _SIGNATURE)
        timestamp = _header(request, "x-slack-request-timestamp", _TIMESTAMP)
        if abs(self._clock().timestamp() - int(timestamp)) > _SIGNATURE_SECONDS:
            raise _RefusedError(401, "stale timestamp")
        raw = await _bounded(request)
        if not hmac.compare_digest(self._signature(timestamp, raw), signature):
            raise _RefusedError(401, "bad signature")
        parsed = _parsed(raw, request.headers.get("content-type", ""))
        body = reduced(parsed)
        if body is None:
            _log.info("nothing listens to this", type=str(parsed.get("type"))[:64])
            return None
        return AsyncBoltRequest(
            body=body,
            # The signature is checked above; in this mode Bolt neither checks nor parses again.
            mode="socket_mode",
            context={"delivery": hashlib.sha256(signature.encode()).hexdigest()},
        )

    def _signature(self, timestamp: str, raw: bytes) -> str:
        signed = b"v0:" + timestamp.encode() + b":" + raw
        secret = self._secret.get_secret_value().encode()
        return f"v0={hmac.new(secret, signed, hashlib.sha256).hexdigest()}"


async def _bounded(request: Request) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise _RefusedError(413, "body too large")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _RefusedError(413, "body too large")
    return bytes(body)


def _header(request: Request, name: str, pattern: re.Pattern[str]) -> str:
    values = request.headers.getlist(name)
    if len(values) != 1 or pattern.fullmatch(values[0]) is None:
        raise _RefusedError(401, f"missing or malformed {name}")
    return values[0]


def _parsed(raw: bytes, content_type: str) -> dict[str, object]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise _RefusedError(400, "body is not UTF-8") from error
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return _object(text)
    if text.lstrip().startswith("{"):
        # Nobody signs the content type. Whoever sends a signed event again as a form must not make
        # a command of what somebody has typed into it.
        raise _RefusedError(400, "body is not a form")
    try:
        form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100))
    except (UnicodeDecodeError, ValueError) as error:
        raise _RefusedError(400, "body is not a form") from error
    # Only a field of this name makes an interaction; the word may stand in anybody's text.
    return _object(form["payload"]) if "payload" in form else dict(form)


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, "body is not JSON") from error
    if not isinstance(value, dict):
        raise _RefusedError(400, "body is not an object")
    return value
