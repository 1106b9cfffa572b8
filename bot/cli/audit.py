import asyncio
import sys

from bot.bootstrap import open_store
from bot.changes.audit import ChainVerifier
from bot.changes.errors import StoreUnavailableError
from bot.cli.exit_codes import ExitCode
from bot.settings import SettingsError, load_database_settings


def verify() -> int:
    """Check the record's chain, say what was found, and give the exit code."""
    try:
        settings = load_database_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.USAGE
    try:
        return asyncio.run(_verify(settings.database_url))
    except StoreUnavailableError as error:
        sys.stderr.write(f"DATABASE_URL cannot be opened: {error}.\n")
        return ExitCode.USAGE


async def _verify(database_url: str) -> int:
    verifier = ChainVerifier()
    async with open_store(database_url) as store, store.reading() as reading:
        async for link in reading.whole_record():
            if not verifier.fits(link):
                sys.stdout.write(f"The record is broken at event {link.sequence}.\n")
                return ExitCode.FAILED
    sys.stdout.write(f"The record holds: {verifier.count} events, each in its place.\n")
    return ExitCode.DONE
