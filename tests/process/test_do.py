"""`python -m bot do`: Slack's commands on the bot's machine, for the day Slack is the incident."""

import asyncio
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import open_store
from bot.changes.people import Account, KnownPerson, Person
from bot.changes.policy import Workspace
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
from tests.durability.outside import until
from tests.process.attended_process import CANARY, at_a_terminal, attended_process, do
from tests.process.bot_process import environment
from tests.process.own_machine import NEEDS_APPROVAL, NOWHERE, ruled, stored_in, user
from tests.sqlite import driven
from tests.world import World

TOKEN, OTHER = TELEGRAF_EDGE_42, TELEGRAF_EDGE_43
ON_CALL = f"""
[roles]
operator = ["{cast.ONCALL_GROUP}", "{cast.GONE}"]
approver = ["{cast.SECURITY_GROUP}"]
[channels]
feed = "{cast.SECURITY}"
"""


def status(here: World, token: str = TOKEN) -> str:
    """Give what InfluxDB has a token for."""
    (found,) = [each.status for each in here.influxdb.authorizations() if each.id == token]
    return found


async def test_the_same_as_in_slack(idle_world: World, tmp_path: Path) -> None:
    """Read back, told in Slack with an Undo, recorded on behalf; what is closed stays closed."""
    here, env = idle_world, environment(idle_world, tmp_path)

    disabled = await do(f'/token disable {TOKEN} --reason "it\'s <b> &amp;"', env=env)
    (told,) = here.slack.direct_messages(cast.ALICE)
    change = (await here.events())[0].change_id
    undone = await do(f"undo {change}", env=env)
    described = await do(f"describe {OTHER} a & b <U0BOB> --reason x", env=env)
    undone_too = await do("undo", env=env)
    read = await do("history", env=env)

    assert disabled[0] == 0
    assert disabled[2] == f"Disabling {TOKEN} as change {change}. The outcome follows.\n"
    assert disabled[1].startswith("Token disabled · telegraf on edge-42\n")
    by = f"by @U0ALICE, typed on this bot's own machine by {user()} · “it's <b> &amp;” · change"
    assert by in disabled[1]
    assert told.plain.startswith("Token disabled · telegraf on edge-42\n")
    assert "[ Undo ]" in told.plain
    assert undone[:2] == (1, "")
    assert "nothing is enabled from the command line, nor undone so that a token works" in undone[2]
    assert status(here) == "inactive"
    assert described[1].startswith("Description changed · a & b <U0BOB> --reason x\n")
    assert (undone_too[0], "edge-43”, read back at" in undone_too[1]) == (0, True)
    assert read[0] == 0
    assert f"{user()} on behalf of @U0ALICE disabled {TOKEN}: active → inactive" in read[1]
    events = await here.events()
    assert {each.actor for each in events} == {cast.ALICE}
    assert {each.detail["typed_by"] for each in events} == {user()}
    assert "request.denied" in {each.tag.value for each in events}
    assert not any("told_at" in each.detail for each in events)


async def test_a_disable_for_a_time(idle_world: World, tmp_path: Path) -> None:
    """A bot that runs ends it, as was judged when it was typed; whoever types enables nothing."""
    here = idle_world

    code, out, _ = await do(f"disable {TOKEN} --for 30m", env=environment(here, tmp_path))
    disabled = status(here)
    here.now.advance(timedelta(minutes=31))
    await here.start()
    await here.settled()

    assert (code, disabled, status(here)) == (0, "inactive", "active")
    assert "To be enabled again by itself at" in out


async def test_without_slack(idle_world: World, tmp_path: Path) -> None:
    """What Slack told last counts, and how old that is is said and recorded."""
    here, env = idle_world, {**ruled(idle_world, tmp_path, ON_CALL), **NOWHERE}

    before = await do(f"disable {TOKEN}", env=env)
    await here.start(policy=ON_CALL)
    await here.stop()
    here.now.advance(timedelta(hours=3))
    gone = await do(f"disable {TOKEN}", env=env, user=cast.GONE)
    untouched = here.patches()
    code, out, err = await do(f"disable {TOKEN}", env=env)
    accepted = next(each for each in await here.events() if each.tag.value == "request.accepted")
    await here.start(policy=ON_CALL)
    await here.slack.wait_for(lambda: here.slack.messages(cast.SECURITY))

    assert before[0] == 1
    assert "Slack does not tell now who is in the user group S0ONCALL" in before[2]
    assert "Only people who are listed by their own ids are known." in before[2]
    assert gone[0] == 1
    assert "your Slack account is deactivated" in gone[2]
    assert untouched == []
    assert (code, out.startswith("Token disabled")) == (0, True)
    assert "What counts is listed ids, and what Slack told last, at" in err
    assert "Slack was not told yet. A running bot does that." in err
    assert isinstance(accepted.detail["told_seconds_ago"], int)
    assert accepted.detail["told_at"]
    (posted,) = here.slack.messages(cast.SECURITY)
    assert posted.plain.startswith("Token disabled")


async def test_a_slack_that_answers_in_part(idle_world: World, tmp_path: Path) -> None:
    """What it does not tell is as it told last, with its age; what it tells counts before that."""
    here, env = idle_world, ruled(idle_world, tmp_path, ON_CALL)
    faults = here.slack.faults
    await here.start(policy=ON_CALL)
    await here.stop()

    faults.add("usergroups.users.list", error="internal_error", times=99)
    groups = await do(f"disable {TOKEN}", env=env)
    here.slack.add_person(replace(here.slack.workspace.people[cast.BOB], deleted=True))
    gone = await do(f"disable {OTHER}", env=env, user=cast.BOB)
    faults.clear()
    faults.add("users.info", delay=60, times=99)
    accounts = await do(f"disable {OTHER}", env=env)

    told = "Slack does not tell all of who this is now. What it told last counts, at "
    assert (groups[0], told in groups[2]) == (0, True)
    assert gone[0] == 1
    assert "your Slack account is deactivated" in gone[2]
    assert (accounts[0], told in accounts[2]) == (0, True)
    assert (status(here), status(here, OTHER)) == ("inactive", "inactive")
    accepted = [each for each in await here.events() if each.tag.value == "request.accepted"]
    assert [isinstance(each.detail["told_seconds_ago"], int) for each in accepted] == [True, True]
    assert len(here.slack.messages(cast.SECURITY)) == 2


async def test_without_slack_in_an_organisation(idle_world: World, tmp_path: Path) -> None:
    """The bot may be of another of its workspaces; nobody is a stranger by that."""
    here, env = idle_world, {**environment(idle_world, tmp_path), **NOWHERE}
    alice = KnownPerson(Person(cast.ALICE, "T0HOME", "E0ALL"), Account.MEMBER, here.now())
    address = driven(str(here.settings["database_url"]))
    async with open_store(address) as store, store.transaction() as transaction:
        await transaction.note_workspace(Workspace("T0OTHER", "E0ALL"), here.now())
        await transaction.note_people([], [alice])

    code, out, _ = await do(f"disable {TOKEN}", env=env)
    unknown = await do(f"disable {OTHER}", env=env, user=cast.BOB)

    assert (code, out.startswith("Token disabled")) == (0, True)
    assert unknown[0] == 0
    by_bob = next(each for each in reversed(await here.events()) if each.change_id)
    requester = (await here.request(str(by_bob.change_id))).requester
    assert requester == Person(cast.BOB, "T0OTHER", "E0ALL")


async def test_several(idle_world: World, tmp_path: Path) -> None:
    """They are shown first; without a terminal it takes --yes, at one a yes."""
    here, env = idle_world, environment(idle_world, tmp_path)
    command = f"disable {TOKEN} {OTHER}"

    nobody = await do(command, env=env)
    untouched = here.patches()
    at_once = await do(command, "--yes", env=env)
    here.influxdb.edit(TOKEN, status="active")
    here.influxdb.edit(OTHER, status="active")
    typed = {"(y/N)? ": "y"}
    terminal = {**env, "TERM": "dumb"}
    code, shown = await at_a_terminal("do", command, "--as", "U0BOB", env=terminal, typed=typed)

    assert nobody[0] == 1
    assert "To confirm: disable 2 tokens" in nobody[2]
    assert "Run it again with --yes to carry out what is shown." in nobody[2]
    assert "Nothing was changed." in nobody[1]
    assert untouched == []
    assert at_once[0] == 0
    assert at_once[1].startswith("2 tokens disabled")
    assert (code, "2 tokens disabled" in shown) == (0, True)
    assert (status(here), status(here, OTHER)) == ("inactive", "inactive")


async def test_another_bot_carries_it_out(idle_world: World, tmp_path: Path) -> None:
    """Where this process did not live meanwhile, it follows what another one does, to its end."""
    here, env = idle_world, ruled(idle_world, tmp_path, NEEDS_APPROVAL)
    async with attended_process("do", f"disable {TOKEN}", "--as", cast.ALICE, env=env) as running:
        await running.said("waits in Slack for approval: disabling needs an approval.")
        change = str((await here.events())[0].change_id)

        async def let_go() -> bool:
            return (await here.request(change)).lease is None

        # It says so a moment before it gives its lease back.
        assert await until(let_go, 5)
        running.process.send_signal(signal.SIGSTOP)
        async with here.store() as store, store.transaction() as transaction:
            await transaction.leave((await here.request(change)).keeper)
        await here.start(policy=NEEDS_APPROVAL)
        await here.say("pending", user=cast.BOB)
        await here.press(here.slack.ephemerals(cast.BOB)[-1], "Approve", user=cast.BOB)
        by_the_bot = status(here)
        running.process.send_signal(signal.SIGCONT)
        code, out, _ = await running.ends()

    assert (by_the_bot, code) == ("inactive", 0)
    assert out.startswith("Token disabled")
    assert len(here.patches()) == 1


async def test_whoever_does_not_wait(idle_world: World, tmp_path: Path) -> None:
    """A second Ctrl-C leaves it to a bot, which knows its end; the answer says so, and the id."""
    here, env = idle_world, environment(idle_world, tmp_path)
    gate = here.influxdb.gate("PATCH", ".*", after=True)
    command = ("do", f"disable {TOKEN}", "--as", cast.ALICE)

    async with attended_process(*command, env=env) as running:
        await here.reached(gate)
        running.interrupt()
        await running.said("Cancelling. What has begun is brought to its end first.")
        running.interrupt()
        code, _, err = await running.ends()
    gate.release()
    await here.start()
    await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE))

    change = (await here.events())[0].change_id
    assert code == 3
    assert f"It is not over. A running bot goes on with change {change}." in err
    (told,) = here.slack.direct_messages(cast.ALICE)
    assert told.plain.startswith("Token disabled")
    assert len(here.patches()) == 1


async def test_nothing_was_left_to_cancel(idle_world: World, tmp_path: Path) -> None:
    """Ctrl-C while the PATCH is on its way comes too late; the receipt does not say cancelled."""
    here, env = idle_world, environment(idle_world, tmp_path)
    gate = here.influxdb.gate("PATCH", ".*", after=True)

    async with attended_process("do", f"disable {TOKEN}", "--as", cast.ALICE, env=env) as running:
        await here.reached(gate)
        running.interrupt()
        await running.said("Cancelling. What has begun is brought to its end first.")
        gate.release()
        code, out, _ = await running.ends()

    assert (code, out.startswith("Token disabled")) == (0, True)
    assert "Cancelled" not in out
    (told,) = here.slack.direct_messages(cast.ALICE)
    assert "Cancelled" not in told.plain


@pytest.mark.parametrize(
    ("command", "code", "why"),
    [
        (f"show {CANARY}", 2, "It stands in this shell's history by now"),
        (f"leak {CANARY}", 2, "It stands in this shell's history by now"),
        ("/token leak", 2, "token-bot leak --as U0ALICE --found TEXT reads it from standard input"),
        ("approve ABC123", 2, "approve is a button in Slack"),
        ("dsable 1", 2, "Did you mean /token disable?"),
        ("disable", 2, "ID or --user NAME is missing. Nothing was changed."),
    ],
)
async def test_what_it_does_not_take(
    idle_world: World, tmp_path: Path, command: str, code: int, why: str
) -> None:
    """It is said with what to do instead; nothing is changed, and no secret is stored or shown."""
    ended, out, err = await do(command, env=environment(idle_world, tmp_path))

    assert (ended, out) == (code, "")
    assert why in err
    assert "Nothing was changed" in err or "nothing was changed" in err
    files = await asyncio.to_thread(stored_in, tmp_path)
    assert CANARY[:40] not in err
    assert CANARY[:40].encode() not in files
