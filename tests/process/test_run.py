"""`python -m bot run`: what other people's scripts rely on."""

import json
import socket
import sqlite3
from pathlib import Path

import httpx

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.process.bot_process import bot_process, environment, run
from tests.world import World

PATH = f"/api/v2/authorizations/{TELEGRAF_EDGE_42}"


async def test_the_main_job_with_the_documented_variables(
    idle_world: World, tmp_path: Path
) -> None:
    """With nothing but the variables: PATCH, message with Undo, inverse PATCH, edited message."""
    here = idle_world
    # Left over from another app: Bolt must not turn into an OAuth app over them.
    oauth = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x"}
    async with bot_process(here, {**environment(here, tmp_path), **oauth}) as running:
        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
        (message,) = await here.slack.wait_for(here.channel)
        assert [b.action_id for b in message.buttons][:1] == ["undo_change"]

        await here.slack.press("U0ALICE", message, "Undo")
        await here.slack.wait_for(lambda: here.channel()[0].edited)

        assert here.channel()[0].buttons == []
        assert [body for _, body in here.patches()] == [
            '{"status":"inactive"}',
            '{"status":"active"}',
        ]
        running.terminate()
        assert await running.ends() == 0


async def test_kill_while_the_patch_is_in_flight(idle_world: World, tmp_path: Path) -> None:
    """Started again, the bot finishes the change, tells of it, and the record shows the break."""
    here = idle_world
    gate = here.influxdb.gate("PATCH", PATH)
    async with bot_process(here, environment(here, tmp_path)) as running:
        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
        await here.reached(gate)
        running.kill()
        await running.ends()
    gate.release()

    async with bot_process(here, environment(here, tmp_path)):
        (message,) = await here.slack.wait_for(here.channel, timeout=20)

    assert "Token disabled" in message.plain
    assert "interrupted" in message.plain
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert await here.tags() == [
        "request.accepted",
        "change.intended",
        "change.interrupted",
        "change.done",
    ]


async def test_kill_right_after_the_ack(idle_world: World, tmp_path: Path) -> None:
    """What was acked is carried out by whoever comes next."""
    here = idle_world
    gate = here.influxdb.gate("GET", PATH)
    async with bot_process(here, environment(here, tmp_path)) as running:
        delivery = await here.slack.command(
            "U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}"
        )
        running.kill()
        await running.ends()
    gate.release()
    assert delivery.status == 200

    async with bot_process(here, environment(here, tmp_path)):
        (message,) = await here.slack.wait_for(here.channel, timeout=20)

    assert "Token disabled" in message.plain
    assert len(here.patches()) == 1


async def test_kill_between_the_change_and_its_message(idle_world: World, tmp_path: Path) -> None:
    """The change is made and recorded, Slack did not take the message: it comes after the start."""
    here = idle_world
    here.slack.faults.add("chat.postMessage", status=500, times=99)
    async with bot_process(here, environment(here, tmp_path)) as running:
        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
        await here.slack.wait_for(
            lambda: [c for c in here.slack.journal if c.method == "chat.postMessage"]
        )
        running.kill()
        await running.ends()
    here.slack.faults.clear()

    async with bot_process(here, environment(here, tmp_path)):
        (message,) = await here.slack.wait_for(here.channel, timeout=20)

    assert "Token disabled" in message.plain
    assert len(here.patches()) == 1


async def test_sigterm_finishes_what_has_begun(idle_world: World, tmp_path: Path) -> None:
    """A change whose PATCH is on its way is read back and told of before the process ends."""
    here = idle_world
    gate = here.influxdb.gate("PATCH", PATH)
    async with bot_process(here, environment(here, tmp_path)) as running:
        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
        await here.reached(gate)

        running.terminate()
        gate.release()

        assert await running.ends() == 0
    assert "Token disabled" in here.channel()[0].plain
    assert [line["event"] for line in running.lines][-1] == "ended"


async def test_probes_and_metrics(idle_world: World, tmp_path: Path) -> None:
    """/healthz, /readyz with InfluxDB as a detail, /metrics."""
    here = idle_world
    async with (
        bot_process(here, environment(here, tmp_path)),
        httpx.AsyncClient(base_url=here.url) as client,
    ):
        await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", "whoami")
        health, ready, metrics = [
            await client.get(path) for path in ("/healthz", "/readyz", "/metrics")
        ]

    assert (health.status_code, health.text) == (200, "ok\n")
    assert (ready.status_code, ready.json()) == (
        200,
        {
            "ready": True,
            "database": "ok",
            "slack": "ok",
            "policy": {"reload": "ok"},
            "break_glass": {"unreviewed": "none"},
            "influxdb": {"default": "OSS v2.7.12"},
        },
    )
    assert 'token_bot_asked_total{asked="whoami",kind="command",outcome="ok"} 1.0' in metrics.text


async def test_settings_errors_name_variable_and_remedy() -> None:
    """Every missing variable is named with what to do; the exit code is 2."""
    code, _, err = await run("run", env={"ALLOWED_USERS": "alice"})

    assert code == 2
    names = ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "INFLUXDB_URL", "INFLUXDB_TOKEN"]
    assert [n for n in names if f"{n} is missing. Set it to " in err] == names
    assert "ALLOWED_USERS holds an entry, number 1, that is no id of a Slack user" in err


async def test_a_refused_slack_token(idle_world: World, tmp_path: Path) -> None:
    """Slack says invalid_auth: the process ends at once, with the remedy, and exit code 2."""
    variables = {**environment(idle_world, tmp_path), "SLACK_BOT_TOKEN": "xoxb-wrong"}

    code, _, err = await run("run", env=variables)

    assert code == 2
    assert "SLACK_BOT_TOKEN is refused by Slack: invalid_auth." in err


async def test_a_port_in_use(idle_world: World, tmp_path: Path) -> None:
    """The answer names the address and the remedy."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        variables = {**environment(idle_world, tmp_path), "PORT": port}

        code, _, err = await run("run", env=variables)

    assert code == 2
    assert f"127.0.0.1:{port}" in err
    assert "Set PORT to one that is free." in err


async def test_a_database_that_cannot_be_opened(idle_world: World, tmp_path: Path) -> None:
    """A path that is a folder is named, with exit code 2."""
    variables = {**environment(idle_world, tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}"}

    code, _, err = await run("run", env=variables)

    assert code == 2
    assert "DATABASE_URL cannot be opened" in err
    assert err.endswith(". token-bot check says what to do.\n")
    assert "Traceback" not in err


async def test_audit_verify(here: World, tmp_path: Path) -> None:
    """The record holds; after one event was touched, the command names it, and exits 1."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await here.stop()
    variables = environment(here, tmp_path)

    whole = await run("audit", "verify", env=variables)
    with sqlite3.connect(tmp_path / "token-bot.db") as database:
        database.execute("UPDATE audit_events SET actor = 'U0EVE' WHERE sequence = 2")
        (at, change) = database.execute(
            "SELECT at, change_id FROM audit_events WHERE sequence = 2"
        ).fetchone()
    database.close()
    broken = await run("audit", "verify", env=variables)

    path = tmp_path / "token-bot.db"
    named = f"Event 2 (change.intended, {at[:19]} UTC, change {change})"
    assert whole == (0, f"The record in {path} holds: 3 events, each in its place.\n", "")
    assert broken == (
        1,
        (
            f"{named} was changed after it was written.\n"
            f"The record in {path} is broken: 2 of 3 events hold.\n"
        ),
        "",
    )


async def test_audit_verify_without_a_database(tmp_path: Path) -> None:
    """A mistyped path is named; no file is made, and nothing is said to hold."""
    missing = tmp_path / "typo.db"

    code, out, err = await run("audit", "verify", env={"DATABASE_URL": f"sqlite:///{missing}"})

    assert (code, out) == (2, "")
    assert f"There is no database at {missing}." in err
    assert not missing.exists()


async def test_usage_errors_exit_2() -> None:
    """An unknown command is a usage error."""
    code, _, _ = await run("nonsense", env={})

    assert code == 2


async def test_logs_are_json_lines(idle_world: World, tmp_path: Path) -> None:
    """With LOG_FORMAT=json every line on standard error is an object with an event."""
    async with bot_process(idle_world, environment(idle_world, tmp_path)) as running:
        running.terminate()
        await running.ends()

    assert [json.dumps(line) for line in running.lines if "event" not in line] == []
    assert running.lines != []
