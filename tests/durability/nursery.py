"""A process that has imported the bot, has one thread, and forks a bot for each who connects.

So a bot is there within a few hundredths of a second, and can be killed hundreds of times.
A connection is a life: its first line says what to run, and its end is the bot's end.
"""

import asyncio
import json
import os
import socket
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import alembic.command
import sqlalchemy.dialects.postgresql.psycopg
import uvicorn.protocols.http.h11_impl

from bot.bootstrap import running_bot
from bot.changes.drift_watch import DriftPace
from bot.sandbox.serving import serve
from bot.settings import Settings
from bot.telemetry.logs import configure_logs
from tests.durability.points import Kind, Point, Switch
from tests.durability.scenarios import WATCHED_AFTER
from tests.forking import fork_for_each
from tests.world import BRISK, Now

_INFLUXDB_TIMEOUT_SECONDS = 10.0
PRELOADED = (
    aiosqlite,
    alembic.command,
    sqlalchemy.dialects.postgresql.psycopg,
    uvicorn.protocols.http.h11_impl,
)
"""What the bot imports only when it runs."""


def _be_born(connection: socket.socket) -> None:
    file = connection.makefile("r", encoding="utf-8", buffering=1)
    spec = json.loads(file.readline())
    with Path(spec["log"]).open("a", encoding="utf-8") as log:
        configure_logs("INFO", "json", log)
        try:
            asyncio.run(_live(connection, spec))
        except Exception as error:  # noqa: BLE001 - whoever asked for the life is told why it ended
            _send(connection, {"failed": repr(error)})


async def _live(connection: socket.socket, spec: dict[str, Any]) -> None:
    point = spec["point"] and Point(Kind(spec["point"][0]), spec["point"][1])
    switch = Switch(point, lambda where: _send(connection, {"killed at": where}))
    switch.listen()
    switch.armed = spec["armed"]
    now = Now()
    now.advance(timedelta(seconds=spec["ahead"]))
    pace = replace(BRISK.tempo.pace, lease=timedelta(seconds=spec["lease"]))
    watch = DriftPace(pauses=(WATCHED_AFTER,))
    # A busy machine must not look like an InfluxDB that does not answer.
    timing = replace(
        BRISK,
        tempo=replace(BRISK.tempo, pace=pace, drift=watch),
        influxdb_timeout=_INFLUXDB_TIMEOUT_SECONDS,
    )
    _send(connection, {"pid": os.getpid()})
    connection.setblocking(False)
    reader, _ = await asyncio.open_unix_connection(sock=connection)
    settings = Settings(**spec["settings"])
    async with running_bot(settings, now, timing, switch.reached) as bot, serve(bot.app) as url:
        _send(connection, {"ready": url})
        async for line in reader:
            match json.loads(line):
                case {"do": "arm", "on": on}:
                    switch.armed = on
                    _send(connection, {"done": "arm"})
                case {"do": "settle"}:
                    await bot.settled()
                    _send(
                        connection,
                        {"done": "settle", "steps": switch.steps, "counts": switch.counts},
                    )
                case {"do": "advance", "seconds": seconds}:
                    now.advance(timedelta(seconds=seconds))
                    _send(connection, {"done": "advance"})


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    fork_for_each(sys.argv[1], _be_born)
