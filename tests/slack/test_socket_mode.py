"""The whole bot over Socket Mode: what is promised over HTTP is promised here, and it stays on."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from pydantic import SecretStr
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest
from structlog.testing import capture_logs

from bot.changes.people import Person
from bot.changes.request import Origin
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Delivery, SignedRequest
from bot.sandbox.slack.sockets import Socket
from bot.slack.blocks.rich import Message
from bot.slack.envelopes import Envelopes
from bot.slack.socket_mode import BadAppTokenError, SocketMode
from bot.slack.web import web_client
from bot.telemetry.metrics import Metrics
from tests.scraping import scraped
from tests.slack.fit_for_people import assert_fit_for_people
from tests.slack.traces import traces
from tests.world import APP_TOKEN, BOT_TOKEN, BRISK, World, world

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"
DISABLE = f"disable {TELEGRAF_EDGE_42}"
OPEN = "apps.connections.open"
ACK_SECONDS = 3.0


@pytest.fixture
async def idle_world(tmp_path: Path) -> AsyncIterator[World]:
    """Both stand-ins, with the app in Socket Mode and the bot not yet started."""
    async with world(tmp_path, socket_mode=True) as here:
        yield here
    assert_fit_for_people(here)


def sockets(here: World) -> list[Socket]:
    """Give the bot's sockets as Slack sees them, oldest first."""
    return here.slack.socket_mode.sockets


async def until(here: World, status: int) -> str:
    """Ask the bot until it answers so, and give what it says of Slack."""
    async with asyncio.timeout(10):
        while (found := await here.readiness())[0] != status:
            pass
    return found[1]


def payload_of(here: World, payload: Mapping[str, Any]) -> SignedRequest:
    """Write what Slack would send of a payload, whatever that is."""
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return SignedRequest(body, here.slack.sign(body))


async def under_way(here: World, text: str) -> asyncio.Task[Delivery]:
    """Have Alice type a command, and wait until the bot has it, but not for its ack.

    What comes over one socket is taken in order: what nothing listens to, and is acked at once, is
    sent after it.
    """
    (socket,) = sockets(here)
    command = here.slack.command("U0ALICE", "C0INCIDENTS", "/token", text)
    delivery = asyncio.ensure_future(command)
    await here.slack.wait_for(lambda: socket.sent)
    await here.slack.socket_mode.send(payload_of(here, {}), ACK_SECONDS)
    return delivery


class TestPromises:
    async def test_the_main_job(self, here: World) -> None:
        """Command, PATCH, message with Undo, click, inverse PATCH, edited message."""
        typed = await here.say(f"{DISABLE} --reason the word payload")
        (message,) = here.channel()
        pressed = await here.press(message, "Undo", user="U0BOB")

        assert typed.shown is not None
        assert "Token disabled" in message.plain
        assert "the word payload" in message.plain
        assert "Undone by @bob" in message.plain
        assert (pressed.status, pressed.body, message.buttons) == (200, "", [])
        assert here.patches() == [(PATH, f'{{"status":"{s}"}}') for s in ("inactive", "active")]

    async def test_nothing_is_taken_by_http(self, here: World) -> None:
        """There is no address for Slack's requests, signed or not; the probes are there."""
        before = traces(here)
        body = urlencode({"command": "/token", "text": DISABLE}).encode()

        delivery = await here.slack.deliver_raw(body, here.slack.sign(body))

        assert (delivery.status, traces(here)) == (404, before)
        assert await here.readiness() == (200, "ok")

    async def test_p1_a_change_is_in_the_database_when_its_ack_arrives(self, here: World) -> None:
        """While InfluxDB has not even been asked, the acked request and its event are stored."""
        gate = here.influxdb.gate("GET", PATH)

        delivery = await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", DISABLE)

        assert delivery.error is None
        assert await here.tags() == ["request.accepted"]
        gate.release()
        await here.settled()

    async def test_p1_no_commit_in_time_is_said_in_the_ack(self, here: World) -> None:
        """If the commit does not succeed within 2 s, the ack says so before 3 s are over."""
        async with here.locked_database():
            delivery = await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", DISABLE)
        await here.settled()

        assert delivery.shown is not None
        assert delivery.shown.plain.startswith("Could not confirm that this was stored")
        assert delivery.seconds < 2.9
        assert (here.patches(), await here.tags()) == ([], [])

    async def test_p4_a_repeated_envelope_has_no_effect(self, here: World) -> None:
        """The same envelope again gets an empty ack; nothing more is stored or sent."""
        first = await here.say(DISABLE)
        undone = await here.press(here.channel()[0], "Undo")
        before = (traces(here), await here.tags())

        for delivery in (first, undone):
            again = await here.slack.replay(delivery)
            assert (again.status, again.body, again.error) == (200, "", None)
        await here.settled()

        assert (traces(here), await here.tags()) == before

    async def test_p4_a_repeat_after_a_restart_has_no_effect(self, here: World) -> None:
        """What was taken is remembered in the database, not in the process."""
        first = await here.say(DISABLE)
        await here.stop()
        await here.start()

        again = await here.slack.replay(first)
        await here.settled()

        assert (again.status, again.body) == (200, "")
        assert len(here.patches()) == 1

    async def test_p4_repeats_that_overlap_have_one_effect(self, here: World) -> None:
        """Twenty at once of the same envelope make one change, and each is acked."""
        form = (await here.say("whoami")).request.body
        body = form.replace(b"whoami", DISABLE.replace(" ", "+").encode())
        request = SignedRequest(body, here.slack.sign(body))

        acks = await asyncio.gather(
            *(here.slack.socket_mode.send(request, ACK_SECONDS) for _ in range(20))
        )
        await here.settled()

        assert {ack.error for ack in acks} == {None}
        assert sum(bool(ack.body) for ack in acks) == 1
        assert len(here.patches()) == 1

    @pytest.mark.parametrize("text", ["", "disabel", f"disable {TELEGRAF_EDGE_42[:-1]}f", "undo"])
    async def test_p6_a_command_is_answered_in_its_ack(self, here: World, text: str) -> None:
        """Help, refusals and usage errors are shown to who typed, as over HTTP."""
        delivery = await here.say(text)

        told = here.slack.ephemerals("U0ALICE")
        assert delivery.error is None
        assert told != []
        assert here.patches() == []

    async def test_p6_what_is_read_follows_the_ack(self, here: World) -> None:
        """A list is acked at once, and told through the response URL."""
        delivery = await here.say("list telegraf")

        assert (delivery.body, delivery.error) == ("", None)
        assert "telegraf on edge-42" in here.last()

    async def test_p6_clicks_are_answered(self, here: World) -> None:
        """Whoever may not is told so, beside the ack; so is who comes too late."""
        await here.say(DISABLE)
        (message,) = here.channel()

        await here.press(message, "Undo", user="U0MALLORY")
        await here.press(message, "Undo")
        await here.press(message, "Undo", user="U0BOB", outdated=True)

        assert here.last("U0MALLORY").startswith("Not allowed: ")
        assert "By @alice." in here.last("U0BOB")
        assert len(here.patches()) == 2

    @pytest.mark.parametrize(
        "payload",
        [{}, {"type": "view_submission", "view": {}}, {"type": "block_actions", "actions": [1]}],
    )
    async def test_what_nothing_listens_to_is_acked(
        self, here: World, payload: dict[str, Any]
    ) -> None:
        """Slack sends it as configured, so that it gets its ack; nothing comes of it."""
        before = traces(here)

        ack = await here.slack.socket_mode.send(payload_of(here, payload), ACK_SECONDS)

        assert (ack.error, ack.body) == (None, "")
        assert traces(here) == before

    async def test_what_nobody_can_read_is_passed_over(self, here: World) -> None:
        """Messages of kinds and shapes that Slack does not tell of end nothing."""
        (socket,) = sockets(here)
        for message in (
            {},
            {"type": "a new one"},
            {"type": ["hello"]},
            {"type": "slash_commands", "envelope_id": "1", "payload": ["command"]},
            {"type": "slash_commands", "envelope_id": 2, "payload": {"command": "/token"}},
        ):
            await socket.send(message)

        assert (await here.say("whoami")).error is None
        assert sockets(here) == [socket]
        assert len(socket.acknowledged) == 1

    async def test_what_is_no_json_is_passed_over(
        self, here: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It leaves no traceback, in which a library would repeat parts of it."""
        (socket,) = sockets(here)
        for raw in (
            "{",
            "[]",
            "null",
            '{"a":' * 5_000,
            "\ud800".encode("utf-8", "replace"),
            b"\x00",
        ):
            await socket.send_raw(raw)

        assert (await here.say("whoami")).error is None
        assert sockets(here) == [socket]
        assert caplog.records == []


class TestStaying:
    async def test_the_ack_of_a_command_under_way_takes_the_new_socket(self, here: World) -> None:
        """Slack warns while the commit waits: the next connection is there before the ack."""
        async with here.locked_database():
            command = await under_way(here, DISABLE)
            await sockets(here)[0].disconnect("warning")
            await here.slack.wait_for(lambda: len(sockets(here)) == 2)
        delivery = await command

        envelope, _ = sockets(here)[0].sent
        assert delivery.error is None
        assert sockets(here)[1].acknowledged == [envelope]
        await here.settled()
        assert "Token disabled" in here.channel()[0].plain

    @pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
    async def test_the_old_socket_is_listened_to_until_slack_closes_it(
        self, here: World, reason: str
    ) -> None:
        """What still comes over it is acked over the new one, and nothing is lost between."""
        (old,) = sockets(here)
        await old.disconnect(reason)
        await here.slack.wait_for(lambda: len(sockets(here)) == 2)
        new = sockets(here)[1]

        deliveries = [await here.say("whoami"), await here.say("whoami")]
        await old.close()
        await here.slack.wait_for(lambda: sockets(here) == [new])
        deliveries.append(await here.say("whoami"))

        assert [delivery.error for delivery in deliveries] == [None] * 3
        assert (len(old.sent), old.acknowledged) == (1, [])
        assert len(new.acknowledged) == 3

    async def test_a_cut_connection_is_replaced(self, here: World) -> None:
        """The command that was under way is acked over the next one."""
        (old,) = sockets(here)
        async with here.locked_database():
            command = await under_way(here, DISABLE)
            old.drop()
            await here.slack.wait_for(lambda: sockets(here) not in ([], [old]))
        delivery = await command

        assert delivery.error is None
        assert sockets(here)[0].acknowledged == [old.sent[0]]
        counted = await scraped(here)
        assert counted["token_bot_socket_connections"] == {(): 1}
        assert counted["token_bot_socket_ended_total"] == {("dropped",): 1}
        assert counted["token_bot_slack_seconds_count"]["apps.connections.open", "ok"] == 2

    async def test_a_dead_connection_is_noticed_and_replaced(self, here: World) -> None:
        """Nothing is heard, not even a pong: it is given up, the log says so, and work goes on."""
        (dead,) = sockets(here)
        with capture_logs() as logs:
            dead.freeze()
            await here.slack.wait_for(lambda: sockets(here) and dead not in sockets(here))
        delivery = await here.say("whoami")

        assert delivery.error is None
        assert {"event": "connecting to Slack", "log_level": "warning"} | {
            "reason": "the connection is silent, and taken for dead"
        } in logs

    async def test_a_quiet_connection_is_kept(self, here: World) -> None:
        """Nobody types anything for longer than the watchdog waits: pongs are words enough."""
        (quiet,) = sockets(here)

        await here.influxdb_quiet(2 * BRISK.socket.pulse.silence)

        assert sockets(here) == [quiet]

    async def test_used_tickets_are_not_used_again(self, here: World) -> None:
        """Each try asks for a ticket of its own."""
        here.slack.socket_mode.stale_tickets = 2
        (old,) = sockets(here)

        old.drop()
        await here.slack.wait_for(lambda: sockets(here) not in ([], [old]))

        assert [call.method for call in here.slack.journal].count(OPEN) == 4
        assert (await here.say("whoami")).error is None

    async def test_slack_asks_to_wait(self, here: World) -> None:
        """A rate limit is kept to."""
        here.slack.faults.add(OPEN, status=429, retry_after=1)
        (old,) = sockets(here)

        old.drop()
        await here.slack.wait_for(lambda: sockets(here) not in ([], [old]))

        refused, answered = [call for call in here.slack.journal if call.method == OPEN][-2:]
        assert (answered.at - refused.at).total_seconds() >= 1

    async def test_without_a_connection_the_bot_is_not_ready(self, here: World) -> None:
        """For a moment it is patient; then readyz says what is wrong, until there is one again."""
        here.slack.faults.add(OPEN, error="internal_error", times=10_000)
        sockets(here)[0].drop()

        wrong = await until(here, 503)
        here.slack.faults.clear()

        assert wrong == "no connection to Slack: apps.connections.open: internal_error"
        assert await until(here, 200) == "ok"
        assert (await here.say("whoami")).error is None

    async def test_a_token_that_is_revoked_later_is_named(self, here: World) -> None:
        """It does not end a bot that runs, which may be given a new one in Slack."""
        here.slack.faults.add(OPEN, error="token_revoked", times=10_000)
        sockets(here)[0].drop()

        assert await until(here, 503) == (
            "no connection to Slack: Slack refuses SLACK_APP_TOKEN: token_revoked"
        )
        here.slack.faults.clear()
        await until(here, 200)

    async def test_socket_mode_is_switched_off_in_the_apps_settings(self, here: World) -> None:
        """The log and readyz say what to do; once it is done, the bot is there again."""
        with capture_logs() as logs:
            await here.slack.socket_mode.switch_off()
            wrong = await until(here, 503)
        here.slack.socket_mode.switch_on(APP_TOKEN)

        remedy = "Socket Mode is switched off in the app's settings; switch it on, or unset"
        assert f"no connection to Slack: {remedy}" in wrong
        assert any(remedy in str(line.get("reason")) for line in logs)
        await until(here, 200)
        assert (await here.say("whoami")).error is None

    async def test_others_have_all_connections(self, idle_world: World) -> None:
        """Ten are the most: the bot says who has them, and comes in when one ends."""
        here = idle_world
        async with aiohttp.ClientSession() as session:
            others = [
                await session.ws_connect(here.slack.socket_mode.open(APP_TOKEN)["url"])
                for _ in range(10)
            ]
            await here.start()
            wrong = await until(here, 503)
            await others[0].close()
            await until(here, 200)

        assert "others use SLACK_APP_TOKEN too" in wrong

    async def test_no_ticket_and_no_token_gets_into_the_logs(
        self, idle_world: World, logs_at_debug: StringIO
    ) -> None:
        """Whatever goes wrong with a connection: its address is a secret, at DEBUG even."""
        here = idle_world
        await here.start()
        here.slack.socket_mode.stale_tickets = 1
        sockets(here)[0].drop()
        await here.slack.wait_for(lambda: [s.number for s in sockets(here)] == [2])
        sockets(here)[0].freeze()
        await here.slack.wait_for(lambda: [s.number for s in sockets(here)] == [3])
        await here.say("whoami")
        here.slack.socket_mode.stale_tickets = 1
        await sockets(here)[0].disconnect("warning")
        await here.slack.wait_for(lambda: len(sockets(here)) == 2)
        await here.stop()

        logged = logs_at_debug.getvalue()
        tickets = [
            str(call.answer["url"]).partition("ticket=")[2].partition("&")[0]
            for call in here.slack.journal
            if call.method == OPEN
        ]
        assert len(tickets) == 6
        assert "Slack answers the handshake with 408" in logged
        assert [s for s in (*tickets, "ticket=", APP_TOKEN, BOT_TOKEN) if s in logged] == []


class TestStarting:
    async def test_a_refused_app_token_ends_the_start(self, idle_world: World) -> None:
        """No waiting mends a bad token: the start fails with Slack's word for it."""
        with pytest.raises(BadAppTokenError, match="invalid_auth"):
            await idle_world.start(slack_app_token=SecretStr("xapp-another"))

    @pytest.mark.parametrize("fault", ["internal_error", "fatal_error", None])
    async def test_slack_in_trouble_is_no_reason_to_end(
        self, idle_world: World, fault: str | None
    ) -> None:
        """Not ready, with words; it gets going by itself."""
        here = idle_world
        here.slack.faults.add(OPEN, error=fault, drop=fault is None, times=10_000)
        await here.start()
        wrong = (await here.readiness())[1]
        here.slack.faults.clear()
        await until(here, 200)

        assert wrong.startswith("no connection to Slack: apps.connections.open: ")
        await here.say(DISABLE)
        assert "Token disabled" in here.channel()[0].plain


class TestEnding:
    async def test_what_is_under_way_is_acked_before_the_socket_closes(self, here: World) -> None:
        """Draining, the bot keeps the socket for the acks still due, and takes nothing new on."""
        assert here.bot is not None
        async with here.locked_database():
            command = await under_way(here, DISABLE)
            here.bot.drain()
            refused = await here.slack.command("U0BOB", "C0INCIDENTS", "/token", "undo")
            stopping = asyncio.ensure_future(here.stop())
            await here.influxdb_quiet(0.5)
            kept = len(sockets(here))
        delivery = await command
        await stopping

        assert refused.shown is not None
        assert refused.shown.plain.startswith("The bot is restarting.")
        assert delivery.shown is not None
        assert delivery.shown.plain.startswith(f"Disabling {TELEGRAF_EDGE_42}")
        assert (kept, sockets(here)) == (1, [])
        # If the executor has stopped before it, whoever comes next carries it out.
        await here.start()
        await here.settled()
        assert "Token disabled" in here.channel()[0].plain

    async def test_a_dead_connection_does_not_hold_up_the_end(self, here: World) -> None:
        """Nobody answers the close; it is given up soon."""
        sockets(here)[0].freeze()
        begun = asyncio.get_running_loop().time()

        await here.stop()
        took = asyncio.get_running_loop().time() - begun
        await here.slack.wait_for(lambda: sockets(here) == [])

        # It waits for an answer, but not for long.
        assert BRISK.socket.pulse.closing <= took < 5


Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Told = list[tuple[Person, Origin, Message]]


@asynccontextmanager
async def listening(here: World, dispatch: Dispatch, told: Told) -> AsyncIterator[None]:
    """Take Slack's envelopes with something else in the place of Bolt."""
    async with aiohttp.ClientSession() as session:
        client = web_client(SecretStr(""), f"{here.slack.base_url}/api/", session)
        envelopes = Envelopes(dispatch, lambda *what: told.append(what), lambda _: None)
        pace = BRISK.socket
        async with SocketMode(
            *(client, SecretStr(APP_TOKEN), envelopes, pace, Metrics().slack)
        ).listening():
            yield


class TestFaults:
    @pytest.mark.parametrize("answer", [RuntimeError("a fault"), 404, 500])
    async def test_a_fault_of_bolts_is_answered(
        self, idle_world: World, answer: Exception | int
    ) -> None:
        """A command is told in its ack, a click beside it; the log has the cause under the id."""
        here, told = idle_world, Told()
        await here.start()
        await here.say(DISABLE)
        (message,) = here.channel()
        await here.stop()

        async def dispatch(_request: AsyncBoltRequest) -> BoltResponse:
            if isinstance(answer, Exception):
                raise answer
            return BoltResponse(status=answer)

        with capture_logs() as logs:
            async with listening(here, dispatch, told):
                typed = await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")
                pressed = await here.slack.press("U0BOB", message, "Undo")

        assert (typed.error, pressed.error) == (None, None)
        assert typed.shown is not None
        assert typed.shown.plain.startswith("The bot itself stumbled over this")
        ((person, origin, beside),) = told
        assert (person.user_id, origin.channel_id) == ("U0BOB", "C0INCIDENTS")
        assert origin.response_url is not None
        ids = [line["error_id"] for line in logs if line["event"] == "stumbled"]
        assert len(ids) == 2
        assert ids[0] in typed.shown.plain
        assert ids[1] in beside.text

    async def test_a_plain_answer_of_bolts_is_shown(self, idle_world: World) -> None:
        """Text that would be the body of an HTTP answer is the text of the ack."""

        async def dispatch(_request: AsyncBoltRequest) -> BoltResponse:
            return BoltResponse(status=200, body="Plain words.")

        async with listening(idle_world, dispatch, []):
            delivery = await idle_world.slack.command("U0ALICE", "C0INCIDENTS", "/token", "list")

        assert delivery.shown is not None
        assert delivery.shown.plain == "Plain words."

    async def test_an_ack_that_finds_no_socket_in_time_is_logged(self, idle_world: World) -> None:
        """Slack has told the person by then; the operator learns of it too."""
        here, release = idle_world, asyncio.Event()

        async def dispatch(_request: AsyncBoltRequest) -> BoltResponse:
            await release.wait()
            return BoltResponse(status=200)

        with capture_logs() as logs:
            async with listening(here, dispatch, []):
                command = await under_way(here, "list")
                here.slack.faults.add(OPEN, error="internal_error", times=10_000)
                await sockets(here)[0].close()
                release.set()
                delivery = await command

        assert delivery.error == "operation_timeout"
        assert "an ack did not reach Slack" in [line["event"] for line in logs]
