"""Open the record for one command, and say why where it cannot be."""

from collections.abc import Awaitable, Callable

from bot.bootstrap import NoDatabaseError, open_existing_store
from bot.changes.errors import StoreUnavailableError
from bot.cli.exit_codes import ExitCode
from bot.cli.interruptible import interruptible
from bot.cli.refusals import refuse, refuse_database
from bot.settings import SettingsError, load_database_settings
from bot.storage.engine import place
from bot.storage.store import SqlStore

# What is done with the record, and how the place where it is is called.
Work = Callable[[SqlStore, str], Awaitable[ExitCode]]


def with_record(work: Work) -> ExitCode:
    """Do something with the record at ``DATABASE_URL``; give the exit code."""
    try:
        url = load_database_settings().database_url.get_secret_value()
        return interruptible(lambda: _done(work, url))
    except (SettingsError, NoDatabaseError) as error:
        return refuse(str(error))
    except StoreUnavailableError as error:
        return refuse_database(error)


def head_missing(where: str) -> ExitCode:
    """Say that the record has no last event to go by; give the exit code."""
    return refuse(
        f"The head of the record in {where} is missing: audit verify says what else is wrong, and "
        "audit export writes the events as they are.",
        code=ExitCode.FAILED,
    )


async def _done(work: Work, url: str) -> ExitCode:
    async with open_existing_store(url) as store:
        return await work(store, place(url))
