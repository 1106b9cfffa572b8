import sys
from collections.abc import Sequence
from typing import Annotated, Final

from cyclopts import App, CycloptsError, Parameter

from bot.changes.secret import holds_secret
from bot.cli import commands, do, freeze, leak, manifest, run
from bot.cli.audit.app import audit_app
from bot.cli.exit_codes import ExitCode
from bot.cli.refusals import NOTHING_DONE
from bot.cli.terminal import TAKES_NOTHING, say, write_no_more

SANDBOX_SUMMARY: Final = "Use the real bot without Slack and InfluxDB: stand-ins play their parts."


def main() -> int:
    """Run the command line; give the exit code."""
    arguments = sys.argv[1:]
    # What was typed behind this one may be the secret, which must not be repeated.
    leaks = arguments[:1] == ["leak"]
    does = arguments[:1] == ["do"]
    sandboxed = arguments[:1] == ["sandbox"]
    repeats = not leaks and not does and not any(map(holds_secret, arguments))
    if arguments[:1] == ["audit"] and not repeats:
        # Nothing that it takes looks like one, and whatever it takes wrongly it names.
        return _misused()
    try:
        code = _app(sandboxed=sandboxed)(arguments, exit_on_error=False, print_error=repeats)
    except CycloptsError:
        if not repeats:
            return leak.misused() if leaks else do.misused(arguments) if does else _misused()
        return ExitCode.USAGE
    except OSError:
        if not _asks_for_help(arguments):
            raise
        write_no_more(sys.stdout)
        say(TAKES_NOTHING)
        return ExitCode.FAILED
    except KeyboardInterrupt:
        # What may have changed something by now says so itself.
        say(NOTHING_DONE)
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else ExitCode.DONE


def _asks_for_help(arguments: Sequence[str]) -> bool:
    """Tell whether it is help that is printed, which cyclopts writes by itself."""
    return not arguments or bool({"--help", "-h"}.intersection(arguments))


def _app(*, sandboxed: bool) -> App:
    app = App(
        name="token-bot",
        help="Manage InfluxDB v2 API tokens from Slack.",
        version_flags=[],
        result_action="return_value",
        # It would end the process without a word.
        suppress_keyboard_interrupt=False,
    )
    app.command(_run, name="run")
    app.command(_check, name="check")
    app.command(_leak, name="leak")
    app.command(_do, name="do")
    app.command(_freeze, name="freeze")
    app.command(_unfreeze, name="unfreeze")
    app.command(_manifest, name="manifest")
    # Imported where it is asked for: a start of the bot needs none of it.
    # What is given here stands in the list of all, and would stand in the place of its own help.
    listed = {} if sandboxed else {"help": SANDBOX_SUMMARY}
    app.command("bot.cli.sandbox:SANDBOX", name="sandbox", **listed)
    app.command(_commands, name="commands")
    app.command(audit_app())
    return app


def _misused() -> ExitCode:
    """Say that the arguments are wrong, and that one of them is in the shell's history."""
    say(
        "The arguments are wrong, and hold what looks like a secret, which is not repeated here. "
        "It stands in this shell's history by now. token-bot leak reads one from standard input."
    )
    return ExitCode.USAGE


def _run() -> int:
    """Serve Slack's requests until SIGTERM."""
    return run.run()


def _check() -> int:
    """Say what is wrong with tokens, scopes, permissions, policy, database and clock.

    It changes nothing, and exits 0 if nothing is wrong, 1 if something is, and 2 if the settings
    cannot be read.
    """
    from bot.cli import check  # noqa: PLC0415 - with Alembic; a start of the bot needs none of it

    return check.check_setup()


def _leak(
    *,
    user: Annotated[str, Parameter(name="--as")],
    found: str,
    reason: str = "",
    others: Annotated[bool, Parameter(negative="")] = False,
    order: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="")] = (),
) -> int:
    """Find the token of a leaked secret, disable it, and prove that InfluxDB refuses it.

    The secret is read from standard input, never from an argument; at a terminal it is asked for
    and not shown. It takes the same settings as run, and a bot may run beside it.

    It exits 0 if the token is proven dead or was dead already; 1 if it is not: refused, not found,
    not proven, still usable; 2 if arguments or settings are wrong; 3 if the outcome is not known;
    130 if it was interrupted before anything was stored.

    Args:
        user: The Slack user id in whose name it is done, such as U0ALICE; it takes an operator.
        found: Where the secret was found.
        reason: Why, for the record.
        others: Whether to ask for all other active tokens of its owner to be disabled as well.
        order: Which tokens to try first, where InfluxDB tells the owner alone: their ids, with
            INSTANCE: before them where several instances have the same id.
    """
    return leak.leak(user, found, reason, others=others, order=order)


def _do(
    command: str,
    *,
    user: Annotated[str, Parameter(name="--as")],
    yes: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Carry out a command of Slack's, such as "/token disable ID", and print its answer.

    It is judged and recorded as if that Slack user had typed it, with the name of whoever runs this
    beside it, and told in Slack. It can neither enable nor approve. Where Slack does not answer,
    people are who it said last that they are. It takes the same settings as run, and a bot may run
    beside it.

    It exits 0 if it is done; 1 if it was refused, cancelled, or not everything was done; 2 if
    arguments or settings are wrong; 3 if the outcome is not known yet; 130 if it was interrupted
    before anything was stored.

    Args:
        command: The command, in quotes; the slash command's name may be left out.
        user: The Slack user id in whose name it is done, such as U0ALICE.
        yes: Carry out at once what is shown first: a change of several tokens.
    """
    return do.do(command, user, yes=yes)


def _freeze(*, reason: str = "") -> int:
    """Stop all changes, for every replica that uses the database at DATABASE_URL.

    Args:
        reason: Why; people are told it when they ask for a change.
    """
    return freeze.freeze(reason)


def _unfreeze() -> int:
    """Let changes go on, and carry out what was accepted before they were stopped."""
    return freeze.unfreeze()


def _manifest(*, url: str = "") -> int:
    """Print the manifest from which the Slack app is created, or brought up to date.

    Args:
        url: Where Slack reaches the bot, such as https://bot.example.com; without it, the app uses
            Socket Mode, for which nothing has to reach the bot.
    """
    return manifest.print_manifest(url)


def _commands() -> int:
    """Print the slash command's subcommands as a Markdown table."""
    return commands.commands()
