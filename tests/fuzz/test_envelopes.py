"""Anything over a socket: what is an envelope is acked, and what is none ends nothing."""

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.sandbox import cast
from bot.sandbox.slack.outbound import Acknowledgement
from bot.slack.socket_mode import BadAppTokenError
from tests.fuzz import watch
from tests.fuzz.conftest import Fuzzing
from tests.fuzz.meddling import Distortion, Meddler, distortions, meddler
from tests.fuzz.mutations import Mutation, values
from tests.fuzz.payloads import COMMAND, EVENT, Payload, payloads
from tests.fuzz.portions import fuzzed
from tests.fuzz.posting import CHANGED, EXPECTED, POLICY, Post
from tests.world import World, world

_ACK_SECONDS = 5.0
_ENVELOPE_IDS = itertools.count(1)


class Line(Post):
    """A bot in Socket Mode, and what Slack could send to it."""

    async def sent(self, payload: Payload, value: Any) -> tuple[int, str]:
        """Send what a payload has become in an envelope, and give what its ack shows."""
        if not isinstance(value, dict):
            return 200, await self.survives(json.dumps(envelope(payload, value)))
        ack = await self._acked(envelope(payload, value))
        return ack.status, ack.body

    async def survives(self, raw: str | bytes) -> str:
        """Send anything, and something that is acked behind it; give what is wrong, if anything."""
        slack = self.here.slack
        socket = slack.socket_mode.sockets[-1]
        await socket.send_raw(raw)
        if _disconnects(raw):
            number = socket.number
            await slack.wait_for(lambda: slack.socket_mode.sockets[-1].number > number)
            await socket.close()
        ack = await self._acked(envelope(Payload(EVENT, "nothing", {}), {}))
        return "" if ack.error is None else f"nothing is acked any more: {ack.error}"

    async def _acked(self, sent: dict[str, Any]) -> Acknowledgement:
        mode = self.here.slack.socket_mode
        await self.here.slack.wait_for(lambda: mode.sockets)
        return await mode.send_envelope(sent, _ACK_SECONDS)


def _disconnects(raw: str | bytes) -> bool:
    try:
        told = json.loads(raw) if isinstance(raw, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("type") == "disconnect"


def envelope(payload: Payload, value: Any) -> dict[str, Any]:
    """Put something into an envelope."""
    kinds = {COMMAND: "slash_commands", EVENT: "events_api"}
    return {
        "envelope_id": f"envelope-{next(_ENVELOPE_IDS)}",
        "type": kinds.get(payload.kind, "interactive"),
        "accepts_response_payload": payload.kind != EVENT,
        "payload": value,
    }


@asynccontextmanager
async def line(folder: Path) -> AsyncIterator[Line]:
    """Start a bot in Socket Mode of a team with something to press."""
    async with world(folder, socket_mode=True) as here:
        await here.start(policy=POLICY)
        yield Line(here, await payloads(here))


@dataclass
class Unconnected:
    """A Slack in Socket Mode that is asked where to connect to, when a bot starts."""

    here: World
    meddler: Meddler

    async def wrong(self, plan: Sequence[Distortion]) -> list[str]:
        """Start a bot, have it asked something, and end it; say what is wrong."""
        slack = self.here.slack
        self.meddler.plan = list(plan)
        try:
            await self.here.start()
        except BadAppTokenError:
            return []
        await slack.wait_for(lambda: slack.socket_mode.sockets)
        delivery = await slack.command(cast.ALICE, cast.INCIDENTS, "/token", "whoami")
        wrong = [] if delivery.body else [f"nobody is answered: {delivery.error}"]
        await self.here.stop()
        wrong += watch.wrong_with_calls(self.here)
        return [f"{each} ({plan})" for each in wrong]


@asynccontextmanager
async def unconnected(folder: Path) -> AsyncIterator[Unconnected]:
    """Serve a Slack in Socket Mode that is reached through a meddler."""
    async with world(folder, socket_mode=True) as here, meddler(here.slack.base_url) as between:
        here.settings["slack_api_url"] = f"{between.url}/api/"
        between.befalls = lambda _method, path: path.endswith("/apps.connections.open")
        yield Unconnected(here, between)


GARBAGE = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=40),
    st.sampled_from(["{", "{}", "[]", "null", "\x00", "ping", '{"a":' * 5_000, "{" + "9" * 5_000]),
    st.dictionaries(
        st.sampled_from(["type", "envelope_id", "payload", "reason", "retry_attempt", "x"]),
        st.sampled_from(["hello", "disconnect", "events_api", "link_disabled"]) | values,
        max_size=5,
    ).map(json.dumps),
)


def test_any_envelope_is_acked_and_answered(fuzzing: Fuzzing) -> None:
    """What is promised of payloads over HTTP is promised here, and each is acked."""
    with fuzzing("envelopes", line, lasts=100, expected=EXPECTED) as lasting:

        def check(batch: list[tuple[int, list[Mutation]]]) -> None:
            async def sent(there: Line) -> list[str]:
                return [wrong for each in batch for wrong in await there.wrong(*each)]

            lasting.use(sent, len(batch))

        fuzzed(st.lists(CHANGED, min_size=2, max_size=10), check, share=3, whole=800)


def test_what_is_no_envelope_ends_nothing(fuzzing: Fuzzing) -> None:
    """Whatever comes over a socket, the next envelope is acked."""
    with fuzzing("envelopes", line, lasts=100, expected=EXPECTED) as lasting:

        def check(batch: list[str | bytes]) -> None:
            async def sent(there: Line) -> list[str]:
                wrong = [await there.survives(raw) for raw in batch]
                return [f"{each} ({batch})" for each in wrong if each]

            lasting.use(sent, len(batch))

        fuzzed(st.lists(GARBAGE, min_size=2, max_size=12), check, share=4, whole=500)


def test_a_bot_connects_after_any_answer(fuzzing: Fuzzing) -> None:
    """Where Slack does not say where to connect to, it is asked again."""
    expected = (*EXPECTED, "Slack refuses SLACK_APP_TOKEN")
    with fuzzing("Slack answers", unconnected, lasts=20, expected=expected) as lasting:

        def check(plan: list[Distortion]) -> None:
            async def started(there: Unconnected) -> list[str]:
                wrong = await there.wrong(plan)
                lasting.inputs += there.meddler.served
                there.meddler.served = 0
                return wrong

            lasting.use(started, 0)

        fuzzed(st.lists(distortions(), min_size=1, max_size=2), check, share=3, whole=200)
