from datetime import datetime
from functools import partial
from pathlib import Path

from bot.changes import evidence
from bot.changes.errors import StoreUnavailableError
from bot.changes.retention import KEPT_AT_LEAST, refusal
from bot.check.findings import counted
from bot.cli.audit.database import with_record
from bot.cli.audit.exporting import write_events
from bot.cli.audit.files import FileNotMadeError, new_file
from bot.cli.audit.verifying import checked
from bot.cli.exit_codes import ExitCode
from bot.cli.operator import operator
from bot.cli.terminal import put, say
from bot.clock import system_clock
from bot.storage.record import WantedEvents
from bot.storage.store import SqlStore

# So many are removed in one transaction that no bot beside has to wait for it.
_AT_ONCE = 10_000


def trim(before: datetime, output: Path) -> ExitCode:
    """Export what is older into a file and remove it; give the exit code."""
    try:
        return with_record(partial(_trim, before, output))
    except KeyboardInterrupt:
        say(f"Interrupted. Whatever was removed is in {output}, if that is there.")
        return ExitCode.INTERRUPTED


async def _trim(before: datetime, output: Path, store: SqlStore, where: str) -> ExitCode:
    async with store.reading() as reading:
        until = await reading.last_before(before)
        older = await reading.page(WantedEvents(up_to=until), None, 1)
        refused = refusal(before, system_clock(), until, await reading.first_needed())
    if refused:
        say(f"{refused} Nothing was removed.")
        return ExitCode.FAILED
    if not older:
        say(f"The record in {where} has nothing before {before:%Y-%m-%d}. Nothing was removed.")
        return ExitCode.DONE
    if not (await checked(store)).holds:
        say(f"The record in {where} does not hold: see audit verify. Nothing was removed.")
        return ExitCode.FAILED
    try:
        with new_file(output) as file:
            count = await write_events(store, WantedEvents(up_to=until), "jsonl", file)
    except FileNotMadeError as error:
        say(f"{error} Nothing was removed.")
        return error.code
    return await _removed(store, until, count, output)


async def _removed(store: SqlStore, until: int, count: int, output: Path) -> ExitCode:
    """Remove what was exported, step by step, each with its event."""
    done = 0
    why = ""
    try:
        while not why and done < count:
            removed, why = await _step(store, until)
            done += removed
    except StoreUnavailableError as error:
        why = f"The database did not confirm the next ones: {error}."
    if why:
        say(
            f"{done} of {count} events were removed. {why} {output} has all of them; take another "
            "file to go on."
        )
        return ExitCode.FAILED
    put(
        f"{counted(count, 'event')} up to {until} exported to {output} and removed. The record "
        f"begins behind event {until}."
    )
    return ExitCode.DONE


async def _step(store: SqlStore, until: int) -> tuple[int, str]:
    """Remove as many events as a transaction may; say how many, and why no more can be."""
    async with store.transaction() as transaction:
        now = system_clock()
        # Somebody may have asked for something since it was looked at.
        refused = refusal(now - KEPT_AT_LEAST, now, until, await transaction.first_needed())
        if refused:
            return 0, refused
        removed, last, last_hash = await transaction.remove_first(_AT_ONCE, until)
        if removed == 0:
            return 0, "Somebody else has removed the others."
        await transaction.append(evidence.trimmed(operator(), now, last, last_hash, removed))
        return removed, ""
