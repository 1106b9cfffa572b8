"""`python -m bot leak`: from a secret on standard input to a receipt, with or without a bot."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, GRAFANA_DASHBOARDS
from tests.process.attended_process import (
    AS_ALICE,
    CANARY,
    RIGHT,
    WRONG,
    at_a_terminal,
    leak,
    leak_process,
    receipts,
)
from tests.process.bot_process import environment
from tests.process.own_machine import NEEDS_APPROVAL, NOWHERE, ruled, stored_in, user
from tests.world import World, world

DEAD = "Leaked token disabled and proven dead"


def statuses(here: World) -> tuple[str, str]:
    """Give what the wrong one and the right one are in InfluxDB."""
    found = {each.id: each.status for each in here.influxdb.authorizations()}
    return found[WRONG], found[RIGHT]


async def shell(line: str, env: dict[str, str]) -> tuple[int | None, str]:
    """Run a line of shell: exit code, standard error."""
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", line),
        env=env,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    _, err = await asyncio.wait_for(process.communicate(), 40)
    return process.returncode, err.decode()


def commanded(pid: int) -> bytes:
    """Give what everybody on the machine sees of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.fixture
async def hashed(tmp_path: Path) -> AsyncIterator[World]:
    """Both stand-ins, with an InfluxDB that shows no tokens, and no bot."""
    async with world(tmp_path, mode=Mode.HASHED) as here:
        yield here


async def test_the_receipt(idle_world: World, tmp_path: Path) -> None:
    """It is printed, told in Slack, and on the record with the name of whoever typed it."""
    here = idle_world

    code, out, err = await leak(*AS_ALICE, "--reason", "a drill", env=environment(here, tmp_path))

    assert (code, err) == (0, "")
    assert out.startswith(f"{DEAD} · telegraf on edge-42\n")
    assert "After: default refused it: the token is inactive, at " in out
    assert f"by @U0ALICE, typed on this bot's own machine by {user()} · “a drill”" in out
    assert statuses(here) == ("active", "inactive")
    (told,) = receipts(here.slack.direct_messages(cast.ALICE))
    assert told.startswith(DEAD)
    accepted, *others = await here.events()
    assert (accepted.tag.value, accepted.actor) == ("request.accepted", cast.ALICE)
    assert {each.detail["typed_by"] for each in (accepted, *others)} == {user()}
    assert [each.tag.value for each in others][-1] == "leak.concluded"


async def test_a_feed_is_told(idle_world: World, tmp_path: Path) -> None:
    """Where there is one it goes there, and to nobody's direct messages; no place forbids it."""
    env = ruled(
        idle_world,
        tmp_path,
        f'[roles]\noperator = ["{cast.ALICE}"]\n[channels]\nallowed = []\ndirect = false\n'
        f'feed = "{cast.SECURITY}"\n',
    )

    code, _, err = await leak(*AS_ALICE, env=env)

    assert (code, err) == (0, "")
    (told,) = receipts(idle_world.slack.messages(cast.SECURITY))
    assert told.startswith(DEAD)
    assert idle_world.slack.direct_messages(cast.ALICE) == []


async def test_without_slack(idle_world: World, tmp_path: Path) -> None:
    """The receipt is printed all the same, and a bot that can reach Slack tells it later."""
    here = idle_world
    env = environment(here, tmp_path)

    code, out, err = await leak(*AS_ALICE, env={**env, **NOWHERE})

    assert code == 0
    assert out.startswith(DEAD)
    assert "Slack does not answer, and nobody is told before it does. Only people who are" in err
    assert "Slack was not told yet. A running bot does that.\n" in err
    assert statuses(here) == ("active", "inactive")
    await here.start()
    await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE), 10)
    (told,) = receipts(here.slack.direct_messages(cast.ALICE))
    assert told.startswith(DEAD)


async def test_without_slack_groups_do_not_count(idle_world: World, tmp_path: Path) -> None:
    """Nobody can tell who is in one: it is refused with that reason, and nothing is changed."""
    env = ruled(idle_world, tmp_path, cast.SECOND_PERSON)

    code, out, err = await leak(*AS_ALICE, env={**env, **NOWHERE})

    assert (code, out) == (1, "")
    assert (
        "As U0ALICE: Not allowed: Slack does not tell now who is in the user group S0ONCALL, so "
        "this bot cannot tell whether you may. Nothing was changed."
    ) in err
    assert idle_world.patches() == []


@pytest.mark.parametrize(
    ("person", "why", "tag"),
    [
        (cast.MALLORY, "you are not in ALLOWED_USERS", "request.denied"),
        (cast.VISITOR, "you belong to another Slack workspace", "request.denied"),
        (cast.GONE, "your Slack account is deactivated", "request.denied"),
        (
            "U0NOBODY",
            "Slack knows no user U0NOBODY. Nothing was changed. Give --as the id of a Slack user.",
            "request.refused",
        ),
    ],
)
async def test_who_may_not(
    idle_world: World, tmp_path: Path, person: str, why: str, tag: str
) -> None:
    """It is judged as that Slack user's, and a try is on the record like any other."""
    listed = f"{cast.ALICE},{cast.VISITOR},{cast.GONE}"
    env = {**environment(idle_world, tmp_path), "ALLOWED_USERS": listed}

    code, out, err = await leak("--as", person, "--found", "a gist", env=env)

    assert (code, out) == (1, "")
    assert why in err
    assert "Nothing was changed." in err
    assert idle_world.patches() == []
    (event,) = await idle_world.events()
    assert (event.tag.value, event.actor, event.detail["typed_by"]) == (tag, person, user())


@pytest.mark.parametrize(
    ("secret", "code", "title"),
    [
        (b"a-setup-token-that-nobody-has", 1, "Leaked token not found"),
        (f'  "Token {CANARY}"\r\n'.encode(), 0, DEAD),
        (BOT_API_TOKEN.encode(), 1, "Leaked token still usable"),
    ],
)
async def test_what_it_comes_to(
    idle_world: World, tmp_path: Path, secret: bytes, code: int, title: str
) -> None:
    """What is unknown, what was pasted with what stood around it, and the bot's own token."""
    ended, out, _ = await leak(*AS_ALICE, env=environment(idle_world, tmp_path), secret=secret)

    assert (ended, out.splitlines()[0].partition(" · ")[0]) == (code, title)


async def test_what_is_dead_already(idle_world: World, tmp_path: Path) -> None:
    """Nothing is changed, and it is as good as done."""
    idle_world.influxdb.edit(RIGHT, status="inactive")

    code, out, _ = await leak(*AS_ALICE, env=environment(idle_world, tmp_path))

    assert code == 0
    assert out.startswith("Leaked token already disabled")
    assert idle_world.patches() == []


@pytest.mark.parametrize(
    ("arguments", "secret", "why"),
    [
        ((*AS_ALICE, CANARY), b"", "lacks arguments, or has wrong ones"),
        (
            (*AS_ALICE, f"--secret={CANARY}"),
            b"",
            "lacks arguments, or has wrong ones",
        ),
        (("--found", "a gist"), b"x", "lacks arguments, or has wrong ones"),
        (("--as", "alice", "--found", "x"), b"x", "--as is no id of a Slack user."),
        (("--as", "S0SRE", "--found", "x"), b"x", "--as is a user group's id, and not one"),
        (("--as", "U0ALICE", "--found", " "), b"x", "--found cannot be blank"),
        ((*AS_ALICE, "--reason", "a\u202eb"), b"x", "take plain text"),
        ((*AS_ALICE, "--order", CANARY), b"x", "--order takes authorizations' ids"),
        (AS_ALICE, f"{CANARY}\nhello".encode(), "holds more than one line"),
        (AS_ALICE, b" \n", "Standard input is empty. Nothing was changed."),
        (AS_ALICE, b"''\n", "There is no secret in this. Nothing was changed."),
        (AS_ALICE, b"ghp_" + b"aB3d" * 9, "This is a GitHub token, not one of InfluxDB's."),
        (AS_ALICE, b"x" * 513, "This is longer than 512 characters. Nothing was changed."),
        (AS_ALICE, b"\xff", "Standard input holds no text. Nothing was changed."),
    ],
)
async def test_bad_usage(
    idle_world: World, tmp_path: Path, arguments: tuple[str, ...], secret: bytes, why: str
) -> None:
    """It is said, nothing is stored, and a secret among the arguments is not repeated."""
    env = environment(idle_world, tmp_path)

    code, out, err = await leak(*arguments, env=env, secret=secret)

    assert (code, out) == (2, "")
    assert why in err
    # A box of lines would part it.
    assert CANARY[:16] not in err
    assert not (tmp_path / "token-bot.db").exists()


async def test_what_is_closed_or_takes_nothing(idle_world: World, tmp_path: Path) -> None:
    """Without a standard input there is no secret; an answer that goes nowhere changes no code."""
    bot = f"exec {sys.executable} -m bot"
    env = environment(idle_world, tmp_path)

    no_input = await shell(f"{bot} leak --as U0ALICE --found x <&-", env)
    full = await shell(f"echo {CANARY} | {bot} leak --as U0ALICE --found x >/dev/full", env)
    misplaced = await shell(f"{bot} {CANARY}", env)

    assert no_input == (
        2,
        "Standard input is empty. Nothing was changed. Give the leaked token there.\n",
    )
    assert full == (0, "Standard output takes nothing. What it was to show is on the record.\n")
    assert (misplaced[0], CANARY[:16] in misplaced[1]) == (2, False)
    assert statuses(idle_world) == ("active", "inactive")


async def test_a_signal_while_slack_is_silent(idle_world: World, tmp_path: Path) -> None:
    """It ends at once; once there is a receipt, none of it is taken back."""
    asked = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1") as silent:
        port = silent.sockets[0].getsockname()[1]
        slack = {"SLACK_API_URL": f"http://127.0.0.1:{port}/api/"}
        env = {**environment(idle_world, tmp_path), **slack}
        async with leak_process(*AS_ALICE, env=env) as running:
            await asyncio.wait_for(asked.wait(), 20)
            running.interrupt(signal.SIGTERM)
            early = await running.ends()
        stored = await idle_world.events()
        async with leak_process(*AS_ALICE, env=env) as running:
            await running.said("Slack was not told yet. A running bot does that.")
            running.interrupt()
            running.interrupt()
            code, out, err = await running.ends()

    assert early == (130, "", "Interrupted. Nothing was changed.\n")
    assert stored == []
    assert (code, out.startswith(DEAD)) == (0, True)
    assert "Interrupted" not in err
    assert statuses(idle_world) == ("active", "inactive")


async def test_settings_that_are_wrong(idle_world: World, tmp_path: Path) -> None:
    """They are those of `run`, and named in the same way."""
    env = environment(idle_world, tmp_path)
    del env["INFLUXDB_TOKEN"]

    code, out, err = await leak(*AS_ALICE, env=env)

    assert (code, out) == (2, "")
    assert err.startswith("INFLUXDB_TOKEN is missing.")


async def test_a_secret_in_its_words(idle_world: World, tmp_path: Path) -> None:
    """It is refused before anything of it is stored."""
    arguments = ("--as", cast.ALICE, "--found", f"a gist: {CANARY}")

    code, out, err = await leak(*arguments, env=environment(idle_world, tmp_path))

    assert (code, out) == (2, "")
    assert "The place holds what looks like a secret. Nothing was stored" in err
    assert CANARY not in err + str(await idle_world.events())


async def test_the_owner_s_other_tokens(idle_world: World, tmp_path: Path) -> None:
    """They are asked for as a change of its own, which a bot shows to be confirmed."""
    here = idle_world

    code, out, _ = await leak(*AS_ALICE, "--others", env=environment(here, tmp_path))

    asked = [each for each in await here.events() if "leak_of" in each.detail]
    assert code == 0
    assert [f"change {each.change_id}" in out for each in asked] == [True]
    assert statuses(here) == ("active", "inactive")
    await here.start()
    await here.slack.wait_for(
        lambda: [each for each in here.slack.direct_messages(cast.ALICE) if "Confirm" in each.plain]
    )
    assert statuses(here) == ("active", "inactive")


@pytest.mark.parametrize("order", [(WRONG, RIGHT), (RIGHT.upper(), WRONG)])
async def test_the_order_is_given(hashed: World, tmp_path: Path, order: tuple[str, ...]) -> None:
    """A wrong pick is active again, the right one is not, and it is proven."""
    code, out, _ = await leak(*AS_ALICE, "--order", *order, env=environment(hashed, tmp_path))

    assert code == 0
    assert out.startswith(DEAD)
    assert statuses(hashed) == ("active", "inactive")


async def test_only_wrong_ones_are_named(hashed: World, tmp_path: Path) -> None:
    """What is not named is not tried: the secret is still usable."""
    code, out, _ = await leak(*AS_ALICE, "--order", WRONG, env=environment(hashed, tmp_path))

    assert code == 1
    assert out.startswith("Leaked token still usable")
    assert statuses(hashed) == ("active", "active")


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ((), "Run it again with --order and the ids above, the likeliest first."),
        (("--order", GRAFANA_DASHBOARDS), "--order names a token that is none of these."),
    ],
)
async def test_nobody_says_which(
    hashed: World, tmp_path: Path, order: tuple[str, ...], why: str
) -> None:
    """The tokens are listed with what to pass, the report is cancelled, and nothing is changed."""
    code, out, err = await leak(*AS_ALICE, *order, env=environment(hashed, tmp_path))

    assert code == 1
    assert "telegraf on edge-42" in err
    assert {RIGHT, WRONG} <= set(err.split())
    assert why in err
    assert hashed.patches() == []
    assert "Nothing was changed." in out
    cancelled = (await hashed.events())[-1]
    assert (cancelled.tag.value, cancelled.detail["typed_by"]) == ("request.cancelled", user())


async def test_at_a_terminal(hashed: World, tmp_path: Path) -> None:
    """The secret is asked for and not shown; then which to try, until that is understood."""
    env = {**environment(hashed, tmp_path), "TERM": "dumb"}
    typed = {
        "(not shown): ": CANARY,
        "q to cancel): ": "everything",
        "with blanks between them.": "2, 1",
    }

    code, shown = await at_a_terminal("leak", *AS_ALICE, env=env, typed=typed)

    assert (code, DEAD in shown, CANARY in shown) == (0, True, False)
    assert statuses(hashed) == ("active", "inactive")


async def test_cancelled_at_a_terminal(hashed: World, tmp_path: Path) -> None:
    """Whoever does not know which one it is changes nothing."""
    env = {**environment(hashed, tmp_path), "TERM": "dumb"}
    typed = {"(not shown): ": CANARY, "q to cancel): ": "q"}

    code, _ = await at_a_terminal("leak", *AS_ALICE, env=env, typed=typed)

    assert code == 1
    assert hashed.patches() == []


async def test_it_waits_for_approval(idle_world: World, tmp_path: Path) -> None:
    """A bot that runs beside it takes the vote; whoever holds the secret goes on."""
    here = idle_world
    env = ruled(here, tmp_path, NEEDS_APPROVAL)
    await here.start(policy=NEEDS_APPROVAL)
    async with leak_process(*AS_ALICE, env=env) as running:
        await running.said("waits in Slack for approval: disabling needs an approval.")
        await here.slack.wait_for(lambda: here.slack.direct_messages(cast.ALICE))
        tried = here.patches()
        await here.say("pending", user=cast.BOB)
        await here.slack.press(cast.BOB, here.slack.ephemerals(cast.BOB)[-1], "Approve")
        code, out, _ = await running.ends()

    assert (code, tried) == (0, [])
    assert out.startswith(DEAD)
    # Who has waited is told once more how it ended.
    asked, _ = receipts(here.slack.direct_messages(cast.ALICE))
    assert asked.startswith(DEAD)


async def test_ctrl_c_while_it_waits(idle_world: World, tmp_path: Path) -> None:
    """The report is cancelled, as soon as the database takes it, and nothing is changed."""
    env = ruled(idle_world, tmp_path, NEEDS_APPROVAL)
    async with leak_process(*AS_ALICE, env=env) as running:
        await running.said("waits in Slack for approval")
        async with idle_world.locked_database():
            running.interrupt()
            await running.said("Could not confirm that this was stored")
        code, out, err = await running.ends()

    assert code == 1
    assert "Cancelling. What has begun is brought to its end first." in err
    assert "Nothing was changed." in out
    assert idle_world.patches() == []
    assert (await idle_world.tags())[-1] == "request.cancelled"


async def test_a_signal_while_it_runs(hashed: World, tmp_path: Path) -> None:
    """What has begun is brought to its end, the rest is left alone, and the receipt says both."""
    gate = hashed.influxdb.gate("PATCH", f".*{WRONG}")
    env = environment(hashed, tmp_path)
    async with leak_process(*AS_ALICE, "--order", WRONG, RIGHT, env=env) as running:
        await hashed.reached(gate)
        running.interrupt(signal.SIGTERM)
        await running.said("Cancelling.")
        # A request that is carried out looks twice a second whether it may go on.
        await hashed.influxdb_quiet(seconds=1.2)
        gate.release()
        code, out, _ = await running.ends()

    assert code == 1
    assert out.startswith("Leaked token still usable")
    assert "Not tried: " in out
    assert statuses(hashed) == ("active", "active")


async def test_an_outcome_that_is_not_known(idle_world: World, tmp_path: Path) -> None:
    """Whoever does not wait for it gets another exit code, and is told who goes on."""
    gate = idle_world.influxdb.gate("PATCH", ".*", after=True)
    async with leak_process(*AS_ALICE, env=environment(idle_world, tmp_path)) as running:
        await idle_world.reached(gate)
        running.interrupt()
        await running.said("Cancelling.")
        running.interrupt()
        code, out, err = await running.ends()

    assert code == 3
    assert out != ""
    assert "It is not over. A running bot goes on with change" in err


async def test_the_secret_shows_up_nowhere(hashed: World, tmp_path: Path) -> None:
    """Neither in what is printed, nor in the database's files, nor in anything sent to Slack."""
    env = {**environment(hashed, tmp_path), "FINGERPRINT_KEY": "a key", "LOG_LEVEL": "DEBUG"}

    async with leak_process(*AS_ALICE, "--order", WRONG, RIGHT, env=env) as running:
        listed = await asyncio.to_thread(commanded, running.process.pid)
        code, out, err = await running.ends()

    files = await asyncio.to_thread(stored_in, tmp_path)
    sent = "".join(str(call) for call in hashed.slack.journal)
    assert code == 0
    for half in (CANARY[:40], CANARY[40:]):
        assert half not in out + err + sent
        assert half.encode() not in files + listed
    assert RIGHT.encode() in files
    assert RIGHT in sent
    accepted = (await hashed.events())[0]
    assert len(str(accepted.detail["fingerprint"])) == 64
