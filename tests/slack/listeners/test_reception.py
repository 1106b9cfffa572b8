"""People whom the bot does not know yet: acked at once, and answered when Slack has told."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from pydantic import SecretStr

from bot.changes.asking import Ask, Received
from bot.changes.people import Person
from bot.changes.request import Origin
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.influxdb.state import api_token
from tests.scraping import scraped
from tests.slack.listeners.asking import ENABLE, POLICY, TWO
from tests.slack.traces import traces
from tests.world import World

DISABLE = f"disable {TELEGRAF_EDGE_42}"
MEMBERS = "usergroups.users.list"
# Longer than anything here may take that does not wait for Slack.
SLOW = 1.2


def _received(here: World) -> list[str]:
    """Give what is stored and not decided yet."""
    path = here.settings["database_url"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as database:
        return [str(row) for row in database.execute("SELECT * FROM received")]


async def _start_cold(here: World) -> None:
    """Start the bot; what it has learnt is old by now, and Slack takes its time to tell anew."""
    await here.start(policy=POLICY)
    here.now.advance(timedelta(hours=1))
    here.slack.faults.add(MEMBERS, delay=SLOW, times=20)


async def _type(here: World, text: str, user: str = cast.ALICE) -> float:
    """Have somebody type a command on a cold cache; give how long its empty ack took."""
    delivery = await here.slack.command(user, cast.INCIDENTS, "/token", text)
    assert (delivery.status, delivery.body) == (200, "")
    return delivery.seconds


async def test_a_change_is_stored_acked_and_then_decided(idle_world: World) -> None:
    """No look-up stands between Alice and the ack; what she asked for is done right after."""
    here = idle_world
    await _start_cold(here)

    seconds = await _type(here, DISABLE)
    stored, patches = _received(here), here.patches()
    await here.settled()

    assert seconds < SLOW / 2
    assert (len(stored), patches) == (1, [])
    assert here.last().startswith(f"Disabling {TELEGRAF_EDGE_42} as change ")
    assert "Token disabled" in here.channel()[0].plain
    assert len(here.patches()) == 1
    assert _received(here) == []


async def test_a_reading_is_answered_as_well(idle_world: World) -> None:
    """A list, a refusal, a usage error: each comes by the response URL, to who asked alone."""
    here = idle_world
    await _start_cold(here)

    for text in ("list edge-42", "disabel x", "whoami"):
        assert await _type(here, text) < SLOW / 2
    assert await _type(here, DISABLE, cast.MALLORY) < SLOW / 2
    await here.settled()

    told = "\n".join(each.plain for each in here.slack.ephemerals(cast.ALICE))
    assert "telegraf on edge-42" in told
    assert "/token has no “disabel”" in told
    assert "operator" in told
    assert here.last(cast.MALLORY).startswith("Not allowed: you hold no role")
    assert here.patches() == []


async def test_a_click_is_decided_right_after(idle_world: World) -> None:
    """Carol, whom nobody has looked up lately, approves: acked at once, and then counted."""
    here = idle_world
    await here.start(policy=POLICY)
    await here.say(ENABLE)
    (message,) = here.channel()
    here.now.advance(timedelta(minutes=20))
    here.slack.faults.add(MEMBERS, delay=SLOW, times=20)

    delivery = await here.slack.press(cast.CAROL, message, "Approve")
    seconds, waiting = delivery.seconds, message.plain
    await here.settled()

    assert (delivery.status, delivery.body) == (200, "")
    assert seconds < SLOW / 2
    assert waiting.startswith("Approval needed")
    assert message.plain.startswith("Token enabled")
    assert "approved by @carol" in message.plain


async def test_a_repeat_meanwhile_has_no_effect(idle_world: World) -> None:
    """Slack sends the same again while the first is not decided yet: one change."""
    here = idle_world
    await _start_cold(here)
    first = await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", DISABLE)

    again = await here.slack.replay(first)
    await here.settled()

    assert (again.status, again.body) == (200, "")
    assert len(here.patches()) == 1
    assert len(here.channel()) == 1


async def test_what_looks_like_a_secret_is_not_stored(idle_world: World) -> None:
    """It is refused in the ack, whoever it was, since it may not wait in the database."""
    here = idle_world
    await _start_cold(here)
    secret = api_token("somebody's secret")

    delivery = await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", f"disable {secret}")
    stored = str(_received(here))
    await here.settled()

    assert delivery.shown is not None
    assert "looks like a secret" in delivery.shown.plain
    assert secret not in stored


async def test_a_stop_in_between_is_made_up_for(idle_world: World) -> None:
    """The bot ends while Slack still thinks: it stays stored, and the next start does it."""
    here = idle_world
    await _start_cold(here)
    await _type(here, DISABLE)
    await here.stop()
    left, patches = _received(here), here.patches()

    here.slack.faults.clear()
    await here.start(policy=POLICY)
    await here.slack.wait_for(here.channel)
    await here.settled()

    assert (len(left), patches) == (1, [])
    assert here.last().startswith(f"Disabling {TELEGRAF_EDGE_42} as change ")
    assert "Token disabled" in here.channel()[0].plain
    assert (len(here.patches()), _received(here)) == (1, [])


async def test_a_crash_in_between_is_made_up_for(idle_world: World) -> None:
    """Rows that a process left which was killed: decided as if they had just come."""
    here = idle_world
    await here.start(policy=POLICY)
    await here.stop()
    alice, mallory = Person(cast.ALICE, "T0HOME"), Person(cast.MALLORY, "T0HOME")
    origin = Origin(cast.INCIDENTS, SecretStr("http://127.0.0.1:9/gone"))
    async with here.store() as store, store.transaction() as transaction:
        for number, (person, text) in enumerate(
            ((alice, TWO), (alice, "list edge-42"), (mallory, DISABLE))
        ):
            ask = Ask(person, origin, f"delivery {number}", here.now())
            await transaction.add_received(Received(ask, "command", {"text": text}))

    await here.start(policy=POLICY)
    await here.slack.wait_for(lambda: here.channel() and here.slack.ephemerals(cast.MALLORY))
    await here.settled()

    told = "\n".join(each.plain for each in here.slack.ephemerals(cast.ALICE))
    assert here.channel()[0].plain.startswith("To confirm: disable 2 tokens")
    assert "Asked to disable 2 tokens as change " in told
    assert "telegraf on edge-42" in told
    assert here.last(cast.MALLORY).startswith("Not allowed: you hold no role")
    assert (here.patches(), _received(here)) == ([], [])


async def test_what_a_replica_left_is_decided_by_another(idle_world: World) -> None:
    """Nobody has to start anew for that; what somebody may still be deciding is left to them."""
    here = idle_world
    await here.start(policy=POLICY)
    ask = Ask(Person(cast.ALICE, "T0HOME"), Origin(cast.INCIDENTS), "delivery 1", here.now())
    async with here.store() as store, store.transaction() as transaction:
        await transaction.add_received(Received(ask, "command", {"text": DISABLE}))

    await here.influxdb_quiet(0.3)
    still = _received(here)
    here.now.advance(timedelta(seconds=30))
    await here.slack.wait_for(here.channel)
    await here.settled()

    assert len(still) == 1
    assert here.channel()[0].plain.startswith("Token disabled")
    assert (len(here.patches()), _received(here)) == (1, [])


async def test_what_was_asked_long_ago_is_not_decided(idle_world: World) -> None:
    """Nobody expects it any more, and it may have been decided: whoever asked is told, once."""
    here = idle_world
    await here.start(policy=POLICY)
    await here.stop()
    ask = Ask(Person(cast.ALICE, "T0HOME"), Origin(cast.INCIDENTS), "delivery 1", here.now())
    async with here.store() as store, store.transaction() as transaction:
        await transaction.add_received(Received(ask, "command", {"text": DISABLE}))
    here.now.advance(timedelta(minutes=6))

    await here.start(policy=POLICY)
    await here.slack.wait_for(lambda: here.slack.ephemerals(cast.ALICE))
    await here.settled()

    assert "does not decide it so late" in here.last()
    assert (here.channel(), here.patches(), _received(here)) == ([], [], [])


async def test_who_is_known_is_answered_in_the_ack(idle_world: World) -> None:
    """With a warm cache nothing is stored first, and Slack is asked for nothing."""
    here = idle_world
    await here.start(policy=POLICY)
    await here.say("whoami")
    asked = [call.method for call in here.slack.journal]

    delivery = await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", "whoami")

    assert delivery.shown is not None
    assert "operator" in delivery.shown.plain
    assert [call.method for call in here.slack.journal] == asked
    assert traces(here)[0] == 0


async def test_what_is_done_after_an_ack_is_not_measured_as_one(idle_world: World) -> None:
    """What was put off, Home, and a form that loads are counted; acks are those of what came in."""
    here = idle_world
    await _start_cold(here)
    await _type(here, DISABLE)
    await here.settled()
    await here.slack.open_home(cast.ALICE)
    await here.settled()
    await here.say(f"show {TELEGRAF_EDGE_42}")
    await here.press(here.slack.ephemerals(cast.ALICE)[-1], "Edit description")

    counted = await scraped(here)

    kinds = {kind for _, kind, _ in counted["token_bot_asked_total"]}
    assert kinds == {"command", "command, deferred", "click", "form", "home"}
    assert {*counted["token_bot_ack_seconds_count"]} == {("command",), ("click",)}
