"""The drift watch: what was disabled, and is active again for a day, is told; by others alone."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    HOME_AUTOMATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import (
    ACTIVE,
    ENABLE_ALONE,
    INACTIVE,
    SIMPLE,
    freeze,
    path,
    reload,
    shows,
    texts,
)
from tests.stale_page import StalePage, session_of_somebody, url_of
from tests.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def simple(idle_world: World) -> World:
    """The bot where nothing needs an approval."""
    await idle_world.start(policy=SIMPLE)
    return idle_world


def sent(here: World) -> list[str]:
    """Give the bodies of the bot's own PATCHes."""
    ours = (p for p in here.influxdb.patches() if p.authorization_id == BOT_AUTHORIZATION)
    return [str(patch.body) for patch in ours]


def drifts(here: World, channel: str = cast.INCIDENTS) -> list[Message]:
    """Give what tells in a channel that something is active again."""
    return [m for m in here.slack.messages(channel) if "that was loaded before" in m.plain]


def looks(here: World) -> int:
    """Count how often the bot has read anything from InfluxDB."""
    return len([e for e in here.influxdb.journal if e.method == "GET"])


async def disabled(here: World, text: str = f"disable {TELEGRAF_EDGE_42}") -> Message:
    """Disable, and give the message."""
    await here.say(text)
    message = here.channel()[-1]
    if "Confirm" in texts(message):
        await here.press(message, "Confirm")
    return message


async def later(here: World, pause: timedelta = MINUTE) -> None:
    """Let time pass, and the bot do what is due by then."""
    gate = here.influxdb.gate("GET", ".*")
    here.now.advance(pause + SECOND)
    await here.reached(gate)
    gate.release()
    await here.settled()


async def quiet(here: World) -> None:
    """Give the executor time to look for what is due, several times."""
    await here.influxdb_quiet(seconds=0.2)
    await here.settled()


async def all_day(here: World) -> None:
    """Let a day pass, with a look at its beginning, in between and at its end."""
    for pause in (2 * MINUTE, HOUR, DAY):
        here.now.advance(pause)
        await quiet(here)


async def recorded(here: World) -> None:
    """Wait until it is on record that something is active again."""
    asked = len(here.slack.journal)
    # It is told at once, which Slack does not take.
    await here.slack.wait_for(lambda: len(here.slack.journal) > asked)
    assert "drift.found" in await here.tags()


async def delete(here: World, authorization_id: str) -> None:
    """Delete a token as somebody else would."""
    async with (
        session_of_somebody() as session,
        session.delete(url_of(here, authorization_id)) as a,
    ):
        assert a.status == 204


async def drifted(here: World, text: str = f"disable {TELEGRAF_EDGE_42}") -> Message:
    """Disable a token, have it re-enabled by a stale page, and give what tells of that."""
    page = await StalePage.of(here, TELEGRAF_EDGE_42)
    await disabled(here, text)
    await page.rename("telegraf, renamed")
    await later(here)
    return await shows(here, "Active again")


async def test_found_and_told_once(simple: World) -> None:
    """A stale page renames the token and so enables it: told in the thread, with a button, once."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    change = await disabled(simple)
    await page.rename("telegraf, renamed")

    await later(simple)

    (told,) = drifts(simple)
    assert told.thread_ts == change.ts
    assert texts(told) == ["Disable again", "Details"]
    assert "telegraf, renamed" in told.plain
    assert "@alice" in told.plain
    assert "and not by this bot" in change.plain
    assert texts(change) == ["Details"]
    tags = await simple.tags()
    assert tags.count("drift.found") == 1
    simple.now.advance(2 * HOUR)
    await simple.influxdb_quiet(seconds=0.3)
    assert len(drifts(simple)) == 1
    assert sent(simple) == [INACTIVE]


async def test_disable_again(simple: World) -> None:
    """Pressed, it disables again, as a change of its own; the message has no button left."""
    told = await drifted(simple)

    await simple.press(told, "Disable again", user=cast.BOB)

    assert sent(simple) == [INACTIVE, INACTIVE]
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert texts(told) == ["Details"]
    assert "Disabled again by @bob" in told.plain
    outcome = simple.channel()[-1]
    assert "Token disabled" in outcome.plain
    assert "again after" in outcome.plain


async def test_told_although_the_bot_ended(simple: World) -> None:
    """Re-enabled while no bot runs: the next one tells."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    change = await disabled(simple)
    await simple.stop()
    await page.rename("telegraf, renamed")
    simple.now.advance(HOUR)

    await simple.start(policy=SIMPLE)
    await shows(simple, "Active again")

    (told,) = drifts(simple)
    assert told.thread_ts == change.ts


async def test_told_although_slack_was_down(simple: World) -> None:
    """What is found is recorded before it is told, and told as soon as Slack takes it; once."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    await page.rename("telegraf, renamed")
    simple.slack.faults.add("chat.postMessage", status=500, times=999)

    simple.now.advance(MINUTE + SECOND)
    await recorded(simple)
    assert drifts(simple) == []
    await simple.stop()
    simple.slack.faults.clear()
    await simple.start(policy=SIMPLE)

    await shows(simple, "Active again")
    assert len(drifts(simple)) == 1
    assert (await simple.tags()).count("drift.found") == 1


async def test_not_told_before_it_is_recorded(simple: World) -> None:
    """Where the database does not take it, nobody is told; both come once it does."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    await page.rename("telegraf, renamed")
    gate = simple.influxdb.gate("GET", path())
    simple.now.advance(MINUTE + SECOND)
    await simple.reached(gate)

    async with simple.locked_database():
        gate.release()
        await simple.influxdb_quiet(seconds=0.5)
        assert drifts(simple) == []

    await shows(simple, "Active again")
    assert (await simple.tags()).count("drift.found") == 1


@pytest.mark.parametrize("where", ["thread", "feed"])
async def test_slack_takes_a_part(simple: World, where: str) -> None:
    """Slack takes one of the two messages at first: in the end there is one of each."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    # The feed's kind is not known yet, and is asked for before the copy is posted.
    reload(simple, f'{SIMPLE}\n[channels]\nfeed = "{cast.SECURITY}"\n')
    await page.rename("telegraf, renamed")
    method = "chat.postMessage" if where == "thread" else "conversations.info"
    simple.slack.faults.add(method, status=500, times=3)

    await later(simple)
    await shows(simple, "Active again", cast.SECURITY)
    await simple.settled()

    assert (len(drifts(simple)), len(drifts(simple, cast.SECURITY))) == (1, 1)


async def test_a_later_look_tells_nothing_anew(simple: World) -> None:
    """Of two tokens one is told; the next look, for the other's sake, calls Slack for nothing."""
    await disabled(simple, f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    await later(simple)
    assert len(drifts(simple)) == 1
    calls = len(simple.slack.journal)

    await later(simple, 2 * MINUTE)

    assert len(simple.slack.journal) == calls


@pytest.mark.parametrize("how", ["undo", "enable", "enable and a rename", "for", "enabled already"])
async def test_not_told_when_it_was_us(simple: World, how: str) -> None:
    """Enabled from here, in whatever way, it is no news that it is active."""
    await disabled(simple, f"disable {TELEGRAF_EDGE_42} {'--for 1m' if how == 'for' else ''}")
    match how:
        case "undo":
            await simple.say("undo")
        case "for":
            simple.now.advance(MINUTE + SECOND)
            await simple.slack.wait_for(lambda: sent(simple) == [INACTIVE, ACTIVE])
            await simple.settled()
        case "enabled already":
            simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
            await simple.say(f"enable {TELEGRAF_EDGE_42}")
        case _:
            await simple.say(f"enable {TELEGRAF_EDGE_42}")
    if how == "enable and a rename":
        simple.influxdb.edit(TELEGRAF_EDGE_42, description="renamed")

    await all_day(simple)

    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"
    assert drifts(simple) == []
    assert "drift.found" not in await simple.tags()


async def test_an_enable_that_was_asked_for_before(idle_world: World) -> None:
    """Asked for before the disable and approved after it: it was us."""
    here = idle_world
    await here.start(policy=ENABLE_ALONE)
    here.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
    await here.say(f"enable {TELEGRAF_EDGE_42}")
    asked = here.channel()[-1]
    here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    await here.say(f"disable {TELEGRAF_EDGE_42}")

    await here.press(asked, "Approve", user=cast.BOB)
    assert ACTIVE in sent(here)
    await all_day(here)

    assert drifts(here) == []


@pytest.mark.parametrize("what", ["a description", "a disable that found it so"])
async def test_what_does_not_end_the_watch(simple: World, what: str) -> None:
    """Described from here, or disabled once more in vain: it is watched as before."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    text = (
        f"describe {TELEGRAF_EDGE_42} leaked" if "desc" in what else f"disable {TELEGRAF_EDGE_42}"
    )
    await simple.say(text, user=cast.BOB)
    await page.rename("telegraf, renamed")

    await later(simple)

    assert len(drifts(simple)) == 1


async def test_a_later_disable_is_watched_itself(simple: World) -> None:
    """Disabled again from here by hand: it is told once, in the later one's thread."""
    await disabled(simple)
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    second = await disabled(simple)
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")

    await later(simple)

    (told,) = drifts(simple)
    assert told.thread_ts == second.ts


async def test_disabled_by_an_undo(simple: World) -> None:
    """The undo of an enable disables: it is watched, and told where the enable was."""
    await simple.say(f"enable {INACTIVE_LOAD_TEST}")
    change = simple.channel()[-1]
    page = await StalePage.of(simple, INACTIVE_LOAD_TEST)
    await simple.press(change, "Undo")
    await page.rename("load test, renamed")

    await later(simple)

    (told,) = drifts(simple)
    assert told.thread_ts == change.ts
    assert "and not by this bot" in change.plain
    await simple.press(told, "Disable again", user=cast.BOB)
    assert simple.influxdb.authorization(INACTIVE_LOAD_TEST).status == "inactive"


async def test_deleted(simple: World) -> None:
    """A token that is deleted is dead: recorded, said nowhere, and not read any more."""
    await disabled(simple)
    await delete(simple, TELEGRAF_EDGE_42)
    told = [m.plain for m in simple.channel()]

    await later(simple)
    assert (await simple.tags())[-1] == "drift.gone"
    before = looks(simple)
    simple.now.advance(DAY)
    await simple.influxdb_quiet(seconds=0.3)

    assert looks(simple) == before
    assert [m.plain for m in simple.channel()] == told


async def test_the_pauses_grow(simple: World) -> None:
    """It is read after 1, 3, 8, 23 and 68 minutes, 3, 9 and 24 hours; not in between, nor later."""
    await disabled(simple)
    seen = []
    begun, before = simple.now(), looks(simple)
    for minutes in (1, 3, 8, 23, 68, 188, 548, 1440):
        almost = begun + timedelta(minutes=minutes) - 5 * SECOND
        simple.now.advance(almost - simple.now())
        await quiet(simple)
        early = looks(simple) - before
        await later(simple, 10 * SECOND)
        seen.append((early, looks(simple) - before))
        before = looks(simple)
    simple.now.advance(DAY)
    await quiet(simple)

    assert seen == [(0, 1)] * 8
    assert looks(simple) == before


async def test_it_ends_after_a_day(simple: World) -> None:
    """What is enabled after the last look is nobody's drift."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    await later(simple, DAY)
    await page.rename("telegraf, renamed")

    simple.now.advance(DAY)
    await simple.influxdb_quiet(seconds=0.3)

    assert drifts(simple) == []


async def test_influxdb_out_of_reach(simple: World) -> None:
    """It is read again later, and said nowhere that it could not be."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    await page.rename("telegraf, renamed")
    told = [m.plain for m in simple.channel()]
    answers = len(simple.slack.ephemerals(cast.ALICE))
    simple.influxdb.faults.add(Fault.RESET_BEFORE, method="GET", times=999)

    await later(simple)
    assert [m.plain for m in simple.channel()] == told
    assert len(simple.slack.ephemerals(cast.ALICE)) == answers
    simple.influxdb.faults.clear()
    await later(simple, 5 * MINUTE)

    assert len(drifts(simple)) == 1


@pytest.mark.parametrize("stopped", ["freeze", "read_only"])
async def test_a_freeze(simple: World, stopped: str) -> None:
    """It only reads, so that no stop of changes stops it; its button is refused as any change."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    if stopped == "freeze":
        await freeze(simple)
    else:
        reload(simple, f"{SIMPLE}\n[limits]\nread_only = true\n")
    await page.rename("telegraf, renamed")

    await later(simple)

    (told,) = drifts(simple)
    await simple.press(told, "Disable again")
    assert sent(simple) == [INACTIVE]
    assert "Not allowed" in simple.last()
    assert texts(told) == ["Disable again", "Details"]


async def test_two_clicks_at_once(simple: World) -> None:
    """One PATCH; one of the two is told who was first."""
    told = await drifted(simple)

    await asyncio.gather(
        simple.slack.press(cast.BOB, told, "Disable again"),
        simple.slack.press(cast.CAROL, told, "Disable again"),
    )
    await simple.settled()

    assert sent(simple) == [INACTIVE, INACTIVE]
    answers = [simple.last(cast.BOB), simple.last(cast.CAROL)]
    (late,) = (answer for answer in answers if "disabled again" in answer)
    assert "Nothing more was changed" in late
    assert "By @bob" in late or "By @carol" in late
    assert texts(told) == ["Details"]


async def test_a_copy_that_the_record_does_not_know(simple: World) -> None:
    """Posted twice, since Slack's answer was lost: either copy works, and both lose the button."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    await page.rename("telegraf, renamed")
    simple.slack.faults.add("chat.postMessage", drop=True, applied=True)
    simple.now.advance(MINUTE + SECOND)
    await simple.slack.wait_for(lambda: len(drifts(simple)) == 2)
    await simple.settled()
    stray, known = drifts(simple)

    await simple.press(stray, "Disable again", user=cast.BOB)

    assert sent(simple) == [INACTIVE, INACTIVE]
    assert texts(stray) == texts(known) == ["Details"]


async def test_pressed_when_it_is_inactive(simple: World) -> None:
    """Somebody else has disabled it meanwhile: told so, and nothing is changed."""
    told = await drifted(simple)
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")

    await simple.press(told, "Disable again", user=cast.BOB)

    assert sent(simple) == [INACTIVE]
    assert "already inactive" in simple.last(cast.BOB)
    assert "Nothing was changed" in simple.last(cast.BOB)
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    await simple.press(told, "Disable again", user=cast.BOB)
    assert sent(simple) == [INACTIVE, INACTIVE]


async def test_it_fails_and_is_tried_again(simple: World) -> None:
    """InfluxDB refuses: the button comes back; a Retry of the failed change takes it away."""
    told = await drifted(simple)
    simple.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH")
    await simple.press(told, "Disable again", user=cast.BOB)
    assert texts(told) == ["Disable again", "Details"]
    failed = simple.channel()[-1]

    await simple.press(failed, "Retry")

    assert sent(simple) == [INACTIVE] * 3
    assert texts(told) == ["Details"]
    assert "Disabled again by @alice" in told.plain
    assert "Token disabled" in simple.channel()[-1].plain


async def test_the_second_disable_is_watched_as_well(simple: World) -> None:
    """Re-enabled once more, it is told once more, in the thread of the second change."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await disabled(simple)
    await page.rename("once")
    await later(simple)
    (told,) = drifts(simple)
    await simple.press(told, "Disable again", user=cast.BOB)
    second = simple.channel()[-1]
    await page.rename("twice")

    await later(simple)

    told_again = drifts(simple)[-1]
    assert told_again is not told
    assert told_again.thread_ts == second.ts
    assert "@bob" in told_again.plain


async def test_several_at_one_look(simple: World) -> None:
    """Of three, two are active again: one message names both, and its button takes both."""
    ids = f"{TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} {HOME_AUTOMATION}"
    change = await disabled(simple, f"disable {ids}")
    for each in (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43):
        simple.influxdb.edit(each, status="active")
    before = looks(simple)

    await later(simple)

    assert looks(simple) == before + 1, "several are read together"
    (told,) = drifts(simple)
    assert texts(told) == ["Disable 2 again"]
    assert HOME_AUTOMATION not in told.plain
    assert "2 tokens are active again" in change.plain
    await simple.press(told, "Disable 2 again", user=cast.BOB)
    assert "Disable again asked for by @bob" in told.plain
    assert texts(told) == []
    await simple.press(simple.channel()[-1], "Confirm", user=cast.BOB)
    assert "Disabled again by @bob" in told.plain
    assert sent(simple) == [INACTIVE] * 5


async def test_several_one_after_the_other(simple: World) -> None:
    """What is found at a later look is told in a message of its own, with a button of its own."""
    await disabled(simple, f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    await later(simple)
    simple.influxdb.edit(TELEGRAF_EDGE_43, status="active")
    await later(simple, 2 * MINUTE)

    first, second = drifts(simple)
    await simple.press(second, "Disable 1 again", user=cast.BOB)

    assert simple.influxdb.authorization(TELEGRAF_EDGE_43).status == "inactive"
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"
    assert (texts(first), texts(second)) == (["Disable 1 again", "Details"], ["Details"])
    await simple.press(first, "Disable 1 again", user=cast.CAROL)
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_cancelled_before_it_is_confirmed(simple: World) -> None:
    """Nothing came of it: the button is there again."""
    await disabled(simple, f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    for each in (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43):
        simple.influxdb.edit(each, status="active")
    await later(simple)
    (told,) = drifts(simple)
    await simple.press(told, "Disable 2 again", user=cast.BOB)

    await simple.press(simple.channel()[-1], "Cancel", user=cast.BOB)

    assert texts(told) == ["Disable 2 again"]
    assert sent(simple) == [INACTIVE, INACTIVE]


async def test_from_a_direct_message(simple: World) -> None:
    """Where the change was told directly, so is this, in its thread."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    await simple.say(f"disable {TELEGRAF_EDGE_42}", channel=cast.ALICE)
    (change,) = simple.slack.direct_messages(cast.ALICE)
    await page.rename("telegraf, renamed")

    await later(simple)

    told = simple.slack.direct_messages(cast.ALICE)[-1]
    assert told.thread_ts == change.ts
    await simple.press(told, "Disable again")
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_the_feed(simple: World) -> None:
    """The feed gets it as it gets other news, with a button that works; both copies lose it."""
    reload(simple, f'{SIMPLE}\n[channels]\nfeed = "{cast.SECURITY}"\n')
    told = await drifted(simple)
    (copy,) = drifts(simple, cast.SECURITY)

    await simple.press(copy, "Disable again", user=cast.CAROL)

    assert texts(copy) == texts(told) == ["Details"]
    assert sent(simple) == [INACTIVE, INACTIVE]


async def test_the_message_is_gone(simple: World) -> None:
    """Somebody has deleted the change's message: it is told in the channel."""
    page = await StalePage.of(simple, TELEGRAF_EDGE_42)
    change = await disabled(simple)
    simple.slack.workspace.delete(change)
    await page.rename("telegraf, renamed")

    await later(simple)

    assert len(drifts(simple)) == 1


async def test_history_and_show(simple: World) -> None:
    """Both say that it was found active again."""
    await drifted(simple)

    await simple.say(f"history {TELEGRAF_EDGE_42}")
    assert "token-bot found" in simple.last()
    assert "and not by this bot" in simple.last()
    await simple.say(f"show {TELEGRAF_EDGE_42}")
    assert "and not by this bot" in simple.last()


async def test_an_undo_after_the_drift(simple: World) -> None:
    """There is nothing to restore: no button offers it, and typed it says what is different."""
    await drifted(simple)

    await simple.say("undo")

    assert "status was “inactive” and is “active”" in simple.last()
    assert "Nothing was changed" in simple.last()
    assert sent(simple) == [INACTIVE]


async def test_an_undo_after_disable_again(simple: World) -> None:
    """It would take back the later change: it names that one, and changes nothing."""
    told = await drifted(simple)
    await simple.press(told, "Disable again")
    ids = [event.change_id for event in await simple.events()]
    first, second = dict.fromkeys(each for each in ids if each)

    await simple.say(f"undo {first}")

    assert f"change {second} disables it again. Nothing was changed." in simple.last()
    assert f"/token undo {second}" in simple.last()
    assert sent(simple) == [INACTIVE, INACTIVE]
    await simple.say(f"undo {second}")
    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "active"


async def test_an_undo_leaves_out_what_is_disabled_again(simple: World) -> None:
    """Of two, one was set active by others and disabled again: the undo restores the other."""
    await disabled(simple, f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    simple.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    await later(simple)
    (told,) = drifts(simple)
    await simple.press(told, "Disable 1 again")

    await simple.press(simple.channel()[0], "Undo 1")

    statuses = [
        simple.influxdb.authorization(i).status for i in (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43)
    ]
    assert statuses == ["inactive", "active"]


async def test_the_end_of_a_timer_after_disable_again(simple: World) -> None:
    """Its end would enable what somebody has meanwhile disabled for good: it does nothing."""
    told = await drifted(simple, f"disable {TELEGRAF_EDGE_42} --for 2h")
    await simple.press(told, "Disable again")
    await later(simple, timedelta(hours=2))

    assert simple.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert sent(simple) == [INACTIVE, INACTIVE]
    assert "To be enabled again" not in simple.channel()[0].plain


async def test_the_metric(simple: World) -> None:
    """It is counted."""
    await drifted(simple)

    async with aiohttp.ClientSession() as session, session.get(f"{simple.url}/metrics") as answer:
        assert 'token_bot_drift_found_total{instance="default"} 1.0' in await answer.text()
