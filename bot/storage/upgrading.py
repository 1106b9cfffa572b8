"""Bring tables to the newest schema, with Alembic.

Whoever needs this imports it where it is needed: Alembic takes a tenth of the time of a start, and
few starts migrate.
"""

import asyncio
import contextlib

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.changes.errors import StoreUnavailableError
from bot.storage import sqlite
from bot.storage.postgresql import unhurried


def alembic_config(connection: Connection) -> Config:
    """Give Alembic's configuration for a connection that is already open."""
    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(engine: AsyncEngine) -> None:
    """Bring a database to the newest schema.

    Raises:
        StoreUnavailableError: If it is of a later version than this one.
    """
    try:
        if engine.dialect.name == "sqlite":
            await _upgrade_with(engine)
        else:
            async with unhurried(engine.url) as patient:
                await _upgrade_with(patient)
    except CommandError:
        # https://alembic.sqlalchemy.org: a revision that these scripts do not have.
        raise StoreUnavailableError("its tables are of a later version than this one") from None


async def _upgrade_with(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        upgrading = asyncio.ensure_future(connection.run_sync(_upgrade))
        try:
            await asyncio.shield(upgrading)
        except asyncio.CancelledError:
            await _ended(upgrading)
            raise


async def _ended(upgrading: asyncio.Future[None]) -> None:
    """Wait for it, however often somebody presses Ctrl-C; a database takes seconds at most.

    Alembic does not expect to be interrupted, and stumbles over what it tries to put in order.
    """
    while not upgrading.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([upgrading])
    # Whoever is interrupted asks no more how it went, which asyncio would complain of.
    upgrading.exception()


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        with sqlite.patient(connection):
            command.upgrade(alembic_config(connection), "head")
    else:
        command.upgrade(alembic_config(connection), "head")
