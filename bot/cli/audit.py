import asyncio
import sys

from bot.bootstrap import NoDatabaseError, open_existing_store
from bot.changes.audit import ChainVerifier
from bot.changes.errors import StoreUnavailableError
from bot.cli.exit_codes import ExitCode
from bot.settings import SettingsError, load_database_settings
from bot.storage.engine import place
from bot.storage.store import SqlStore


def verify() -> int:
    """Check the record's chain, say what was found, and give the exit code."""
    try:
        settings = load_database_settings()
    except SettingsError as error:
        return _refuse(str(error))
    try:
        return asyncio.run(_verify(settings.database_url.get_secret_value()))
    except NoDatabaseError as error:
        return _refuse(str(error))
    except StoreUnavailableError as error:
        return _refuse(f"DATABASE_URL cannot be opened: {error}.")


async def _verify(database_url: str) -> int:
    where = place(database_url)
    async with open_existing_store(database_url) as store:
        broken, count = await _first_that_does_not_fit(store)
    if broken is not None:
        sys.stdout.write(f"The record in {where} is broken at event {broken}.\n")
        return ExitCode.FAILED
    sys.stdout.write(f"The record in {where} holds: {count} events, each in its place.\n")
    return ExitCode.DONE


async def _first_that_does_not_fit(store: SqlStore) -> tuple[int | None, int]:
    verifier = ChainVerifier()
    async with store.reading() as reading:
        try:
            async for link in reading.whole_record():
                if not verifier.fits(link):
                    return link.sequence, verifier.count
        except (ValueError, KeyError, TypeError):
            # A row that cannot even be read as an event was not written by the bot.
            return verifier.count + 1, verifier.count
        if not verifier.ends_with(*await reading.head()):
            return verifier.count + 1, verifier.count
    return None, verifier.count


def _refuse(line: str) -> int:
    sys.stderr.write(f"{line}\n")
    return ExitCode.USAGE
