"""What is said of what another version of this bot has put on somebody's screen."""

from bot.changes.errors import ErrorCode, Problem


def of_another_version(what: str, hint: str = "Type the command instead.") -> Problem:
    """Say that what was used means nothing to this version of the bot.

    Args:
        what: What it was: a button, a shortcut or a form.
        hint: What to do instead.
    """
    return Problem(
        ErrorCode.STALE_BUTTON,
        f"This {what} is of another version of this bot. Nothing was changed.",
        hint,
    )
