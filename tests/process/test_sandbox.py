"""`python -m bot sandbox`: the tour, scripts, and serving."""

import asyncio
import os
import re
import shlex
import signal
import sys

import httpx
import pytest

from bot.sandbox.influxdb.grown_organisation import LEAKED_TOKEN
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.serving import listen_from
from tests.process.attended_process import do
from tests.process.bot_process import run


async def sandbox(*arguments: str) -> tuple[int, str, str]:
    """Run the sandbox to its end: exit code, standard output, standard error."""
    return await run("sandbox", *arguments, env=None, seconds=60)


def in_order(text: str, *parts: str) -> list[str]:
    """Give those parts that do not stand in a text in this order."""
    missing, position = [], 0
    for part in parts:
        found = text.find(part, position)
        if found < 0:
            missing.append(part)
        else:
            position = found + len(part)
    return missing


def exported(told: str) -> list[tuple[str, str]]:
    """Give the variables that are ready to be pasted."""
    words = (shlex.split(line) for line in told.splitlines() if line.startswith("  export "))
    return [(name, value) for name, _, value in (pair.partition("=") for _, pair in words)]


async def test_the_tour_shows_the_main_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token disabled and restored; several, of which one fails; what needs an approval.

    Whatever a bot's environment says, be it nonsense, is not the sandbox's.
    """
    for variable in ("PORT", "LOG_LEVEL", "FINGERPRINT_KEY", "DATABASE_URL", "READ_ONLY"):
        monkeypatch.setenv(variable, "tcp://10.0.0.1:80")
    code, out, err = await sandbox("--tour")

    assert (code, err) == (0, "")
    assert (
        in_order(
            out,
            "alice types: /token list telegraf",
            "telegraf on edge-42",
            "[ Show ] [ Disable ]",
            f"alice presses: Show {TELEGRAF_EDGE_42}",
            "write bucket metrics",
            f"alice types: /token disable {TELEGRAF_EDGE_42}",
            "Token disabled",
            "active → inactive, read back at",
            "[ Undo ] [ Details ]",
            "bob presses: Undo",
            "inactive → active, read back at",
            "mallory types:",
            "Not allowed: you are not in ALLOWED_USERS. Nothing was changed.",
            "alice types: /token history",
            "1 token disabled, 1 failed",
            "[ Undo 1 ]",
            "alice presses: Retry 1",
            "Token disabled · telegraf on edge-43",
            "Approval needed: enable load test of June",
            "carol presses: Deny",
            "Denied: enable load test of June",
            "carol presses: Approve",
            "Token enabled · telegraf on edge-42",
            "approved by @carol",
            "Try more:",
        )
        == []
    ), out


async def test_steps_are_taken_in_their_order() -> None:
    """--as counts for what follows it; the same option may come again."""
    code, out, _ = await sandbox(
        *("--say", "/token list telegraf"),
        *("--press", f"Disable {TELEGRAF_EDGE_42}"),
        *("--as", "U0BOB", "--press", "Undo"),
        *("--as=U0MALLORY", "--say=/token whoami"),
    )

    assert code == 0
    assert in_order(out, "alice presses: Disable", "bob presses: Undo", "Your roles: none") == []


async def test_a_message_is_checked_for_tokens() -> None:
    """Somebody writes an id, another checks the message and disables what it names."""
    code, out, err = await sandbox(
        *("--as", "U0CAROL", "--write", f"is {TELEGRAF_EDGE_42} still used?"),
        *("--as", "U0ALICE", "--shortcut", "Check InfluxDB tokens", "--press", "Disable"),
    )

    assert (code, err) == (0, "")
    assert (
        in_order(
            out,
            f"carol writes: is {TELEGRAF_EDGE_42} still used?",
            "alice uses: Check InfluxDB tokens",
            "Only visible to you",
            f"The id {TELEGRAF_EDGE_42}",
            "alice presses: Disable",
            "Token disabled",
        )
        == []
    )


async def test_what_goes_wrong_is_told() -> None:
    """People see nothing of it, so a script says it; and what its end does not wait for."""
    code, out, _ = await sandbox(
        *("--fault", "influxdb-lost-answer", "--fault=slack-down"),
        *("--say", f"/token disable {TELEGRAF_EDGE_42}"),
    )

    assert code == 0
    assert (
        in_order(
            out,
            "Goes wrong: InfluxDB makes the next change, and the connection breaks before",
            "Goes wrong: Slack answers the next 3 messages with 503.",
            "alice types: /token disable",
            f"InfluxDB: PATCH /api/v2/authorizations/{TELEGRAF_EDGE_42}, no answer (reset after)",
            "Slack: chat.postMessage, answered 503",
            "Slack has not taken the last message yet. The bot tries again by itself;",
        )
        == []
    ), out


async def test_a_hashed_server() -> None:
    """--influxdb hashed plays a server that shows no tokens; the main job is the same."""
    code, out, _ = await sandbox(
        "--influxdb", "hashed", "--say", f"/token disable {TELEGRAF_EDGE_42}"
    )

    assert code == 0
    assert "Token disabled" in out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--say"], 2, "--say needs a value"),
        (["--sya", "x"], 2, "--sya is not known here"),
        (["--influxdb", "v3"], 2, "--influxdb takes plain, hashed, cloud"),
        (["--say", "/token", "--fault=fire"], 2, "--fault takes influxdb-busy, "),
        (["--press", "Undo"], 1, "alice sees no button Undo"),
        (["--as", "U0NOBODY", "--say", "/token"], 1, "there is no U0NOBODY"),
        (["--as", "U0BOB"], 2, "nobody does anything"),
        (["--shortcut", "leak"], 1, "no shortcut 'leak'; there are Check InfluxDB tokens, Report"),
    ],
)
async def test_scripts_that_cannot_be_carried_out(
    arguments: list[str], code: int, told: str
) -> None:
    """A script that cannot be read is a usage error; an impossible step fails."""
    ended, _, err = await sandbox(*arguments)

    assert ended == code
    assert told in err


async def test_serving_until_ctrl_c() -> None:
    """Without a script it serves the page, says where, who and what to try, and ends on Ctrl-C.

    With the variables that it says, the command line works beside it.
    """
    with listen_from(0) as taken:
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "sandbox", "--port", str(port), "--fault", "slack-busy"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        reading = process.stdout.readuntil(b"Ctrl-C ends it.\n")
        told = (await asyncio.wait_for(reading, 60)).decode()
    addresses = dict(re.findall(r"(\w+) +(http://\S+)", told))
    async with httpx.AsyncClient(follow_redirects=True) as client:
        ready = await client.get(f"{addresses['bot']}/readyz")
        page = await client.get(addresses["Open"])
        env = {"PATH": os.environ["PATH"], **dict(exported(told))}  # noqa: TID251 - a test's processes
        disabled = await do(f"disable {TELEGRAF_EDGE_42}", env=env)
        async with client.stream("GET", f"{addresses['Open']}/events"):
            # Whoever has the page open does not keep the sandbox from ending.
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), 20) == 0

    assert set(addresses) == {"Open", "Slack", "InfluxDB", "bot"}
    assert (disabled[0], disabled[1].startswith("Token disabled")) == (0, True), disabled
    assert ready.json()["ready"] is True
    assert "#incidents · alice" in page.text
    assert (
        in_order(
            told,
            f"Port {port} is in use; this is the next one that is not.",
            "alice",
            "operator",
            "mallory",
            "stranger",
            "/token list telegraf",
            LEAKED_TOKEN,
            "  unset ALLOWED_USERS\n",
            "  export TOKEN_BOT_CONFIG=",
            "Goes wrong: Slack answers the next message with 429",
        )
        == []
    )
    assert await process.stderr.read() == b""
