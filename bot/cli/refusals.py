"""What is said where a command cannot begin, or takes nothing of what it was given."""

from typing import Final

from bot.cli.exit_codes import ExitCode
from bot.cli.terminal import say
from bot.settings import Settings

NOTHING_DONE: Final = "Interrupted. Nothing was changed."


def refuse(*lines: str, code: ExitCode = ExitCode.USAGE) -> ExitCode:
    """Say what is wrong with the arguments, the settings or the input; give the exit code."""
    for line in lines:
        say(line)
    return code


def refuse_database(error: Exception, then: str = "") -> ExitCode:
    """Say that the database cannot be opened; give the exit code.

    Args:
        error: Why.
        then: What was changed, and what to do, if that is known.
    """
    return refuse(f"DATABASE_URL cannot be opened: {error}. {then}".rstrip())


def refuse_slack_token(field: str, error: Exception) -> ExitCode:
    """Say that Slack refuses a token, and where to find one; give the exit code.

    Args:
        field: The setting's name.
        error: Slack's word.
    """
    remedy = Settings.model_fields[field].description
    return refuse(f"{field.upper()} is refused by Slack: {error}. {remedy}")
