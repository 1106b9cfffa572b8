import asyncio
import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.bootstrap import open_store
from bot.changes.audit import ChainVerifier
from bot.changes.errors import StoreUnavailableError
from bot.cli.exit_codes import ExitCode
from bot.settings import SettingsError, load_database_settings
from bot.storage.store import SqlStore


def verify() -> int:
    """Check the record's chain, say what was found, and give the exit code."""
    try:
        settings = load_database_settings()
    except SettingsError as error:
        return _refuse(str(error))
    path = Path(make_url(settings.database_url).database or "")
    if not path.is_file():
        return _refuse(f"There is no database at {path}. Set DATABASE_URL to the bot's.")
    try:
        return asyncio.run(_verify(settings.database_url, path))
    except StoreUnavailableError as error:
        return _refuse(f"DATABASE_URL cannot be opened: {error}.")


async def _verify(database_url: str, path: Path) -> int:
    async with open_store(database_url) as store:
        broken, count = await _first_that_does_not_fit(store)
    if broken is not None:
        sys.stdout.write(f"The record in {path} is broken at event {broken}.\n")
        return ExitCode.FAILED
    sys.stdout.write(f"The record in {path} holds: {count} events, each in its place.\n")
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
