"""A bare Bolt app on the bot's server: it commits one row of each command, and acks.

    python -m bench.bare.app

Its environment: ``SLACK_BOT_TOKEN``, ``SLACK_SIGNING_SECRET``, ``SLACK_API_URL`` and
``DATABASE_URL``, as the bot's.
"""

import asyncio
import json
import os
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Column, Integer, MetaData, Table, Text, event, insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.server import bind

_commands = Table(
    "commands",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("text", Text, nullable=False),
)


def app(engine: AsyncEngine, variables: dict[str, str]) -> Starlette:
    """Put the app together."""
    client = AsyncWebClient(variables["SLACK_BOT_TOKEN"], base_url=variables["SLACK_API_URL"])
    bolt = AsyncApp(
        client=client,
        signing_secret=variables["SLACK_SIGNING_SECRET"],
        process_before_response=True,
    )

    @bolt.command("/token")
    async def store(ack: Any, body: dict[str, Any]) -> None:
        row = {"user_id": body["user_id"], "text": body["text"]}
        async with engine.begin() as connection:
            await connection.execute(insert(_commands), row)
        await ack()

    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


def engine(url: str) -> AsyncEngine:
    """Open the same kind of database as the bot does, with the same promise of a commit."""
    driver = url.replace("sqlite:", "sqlite+aiosqlite:").replace(
        "postgresql:", "postgresql+psycopg:"
    )
    made = create_async_engine(driver)
    if made.dialect.name == "sqlite":
        event.listen(made.sync_engine, "connect", _durable)
    return made


def _durable(connection: DBAPIConnection, _entry: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


async def main() -> None:
    """Serve until it is told to end."""
    variables = dict(os.environ)  # noqa: TID251 - a program of its own, beside the bot
    database = engine(variables["DATABASE_URL"])
    async with database.begin() as connection:
        await connection.run_sync(_commands.metadata.create_all)
    with bind("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            app(database, variables), log_config=None, access_log=False, lifespan="off"
        )
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sys.stderr.write(json.dumps({"event": "listening", "address": address}) + "\n")
        sys.stderr.flush()
        await uvicorn.Server(config).serve(sockets=[listener])
    await database.dispose()


if __name__ == "__main__":
    asyncio.run(main())
