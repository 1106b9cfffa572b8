import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.changes.people import Person
from bot.changes.request import Origin
from bot.slack import logged
from bot.slack.blocks.rich import Message
from bot.slack.front import Dispatch, Seen
from bot.slack.listeners.asking import whoever
from bot.slack.payloads import reduced
from bot.slack.sending import content
from bot.slack.stumbling import stumbled

_log = structlog.get_logger()

Tell = Callable[[Person, Origin, Message], None]


@dataclass(frozen=True)
class Envelope:
    """What comes over a socket: a payload as over HTTP, and an id by which it is acked."""

    id: str
    payload: Mapping[str, object]


class Envelopes:
    """Hand what comes over a socket to the listeners, as the front does with HTTP requests.

    No signature goes with it, since nobody but Slack is at the other end; the envelope's id takes
    its place where repeats are recognised.

    Source: https://docs.slack.dev/apis/events-api/using-socket-mode

    Args:
        dispatch: Bolt.
        tell: Tells one person something beside the ack.
        seen: Told how each envelope ended, for the metrics.
    """

    def __init__(self, dispatch: Dispatch, tell: Tell, seen: Seen) -> None:
        self._dispatch = dispatch
        self._tell = tell
        self._seen = seen

    async def ack_of(self, envelope: Envelope) -> dict[str, Any]:
        """Have an envelope carried out, and give its ack; never raise."""
        body = reduced(envelope.payload)
        if body is None:
            _log.info("nothing listens to this", type=str(envelope.payload.get("type"))[:64])
            self._seen("ignored")
            return _ack(envelope)
        delivery = hashlib.sha256(envelope.id.encode()).hexdigest()
        with logged.as_sent(delivery, body):
            return await self._ack_of(envelope, body, delivery)

    async def _ack_of(
        self, envelope: Envelope, body: dict[str, Any], delivery: str
    ) -> dict[str, Any]:
        try:
            answer = await self._dispatch(
                AsyncBoltRequest(body=body, mode="socket_mode", context={"delivery": delivery})
            )
            payload = _payload(answer)
        except Exception as error:  # noqa: BLE001 - the person gets an answer, the operator the cause
            self._seen("fault")
            return self._ack_of_fault(envelope, body, stumbled(error))
        self._seen("accepted")
        return _ack(envelope, payload)

    def _ack_of_fault(
        self, envelope: Envelope, body: Mapping[str, Any], message: Message
    ) -> dict[str, Any]:
        """Answer all the same: a command in its ack, and a press, whose ack shows nothing, else."""
        if "command" in body:
            return _ack(envelope, {"response_type": "ephemeral", **content(message)})
        self._tell(*whoever(body), message)
        return _ack(envelope)


def _payload(answer: BoltResponse) -> dict[str, Any] | None:
    """Give what an HTTP answer's body would be, as an object; None if it is empty.

    Raises:
        ValueError: If Bolt has answered with an error, which a socket has no word for.
    """
    if answer.status != 200:
        raise ValueError(f"Bolt answered with {answer.status}")
    if not answer.body:
        return None
    if not answer.first_headers()["content-type"].startswith("application/json"):
        return {"text": answer.body}
    payload: dict[str, Any] = json.loads(answer.body)
    return payload


def _ack(envelope: Envelope, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    told = {} if payload is None else {"payload": payload}
    return {"envelope_id": envelope.id, **told}
