from bot.bootstrap import NoDatabaseError, open_existing_store
from bot.changes import evidence
from bot.changes.decision import Freeze
from bot.changes.errors import StoreUnavailableError
from bot.changes.moments import moment
from bot.changes.secret import looks_like_secret
from bot.cli.exit_codes import ExitCode
from bot.cli.interruptible import interruptible
from bot.cli.operator import operator
from bot.cli.refusals import refuse
from bot.cli.terminal import put
from bot.clock import system_clock
from bot.settings import SettingsError, load_database_settings
from bot.storage.store import SqlStore

# It stands in the answer to every refused change.
_LONGEST_REASON = 200
_STOPPED = "Changes are stopped for every replica. What was accepted and is not sent yet waits."


def freeze(reason: str) -> int:
    """Stop all changes; give the exit code."""
    wanted = " ".join(reason.split())
    if looks_like_secret(reason):
        return refuse("The reason looks like a secret. Nothing was changed.")
    if not wanted.isprintable() or len(wanted) > _LONGEST_REASON:
        return refuse(
            f"The reason is longer than {_LONGEST_REASON} characters, or not plain text. "
            "Nothing was changed."
        )
    return _in_database(wanted)


def unfreeze() -> int:
    """Let changes go on; give the exit code."""
    return _in_database(None)


def _in_database(reason: str | None) -> int:
    try:
        settings = load_database_settings()
    except SettingsError as error:
        return refuse(str(error))
    try:
        told = interruptible(lambda: _switch(settings.database_url.get_secret_value(), reason))
    except KeyboardInterrupt:
        return refuse(
            "Interrupted. It is not known whether that was stored. Run it again: it says then what "
            "holds.",
            code=ExitCode.INTERRUPTED,
        )
    except NoDatabaseError as error:
        holds = "Nothing was changed." if reason is None else "Changes are not stopped."
        return refuse(f"{error} {holds}")
    except StoreUnavailableError as error:
        return refuse(
            f"The database did not confirm it: {error}. Run it again: it says then what holds.",
            code=ExitCode.FAILED,
        )
    put(told)
    return ExitCode.DONE


async def _switch(database_url: str, reason: str | None) -> str:
    async with open_existing_store(database_url) as store:
        return await (_lift(store) if reason is None else _stop(store, reason))


async def _stop(store: SqlStore, reason: str) -> str:
    """Set the freeze with its event; one that stands is left as it is."""
    now = system_clock()
    async with store.transaction() as transaction:
        if await transaction.set_freeze(Freeze(now, reason)):
            await transaction.append(evidence.frozen(operator(), now, reason))
            return _STOPPED
        standing = await transaction.freeze() or Freeze(now)
    why = f" ({standing.reason})" if standing.reason else ""
    told = f"Changes were stopped already, since {moment(standing.at)}{why}."
    return told if reason in ("", standing.reason) else f"{told} The new reason is not recorded."


async def _lift(store: SqlStore) -> str:
    """Take the freeze away, with its event."""
    async with store.transaction() as transaction:
        lifted = await transaction.set_freeze(None)
        if lifted:
            await transaction.append(evidence.unfrozen(operator(), system_clock()))
    return "Changes can go on." if lifted else "Changes were not stopped."
