"""What is said and logged where the bot itself stumbles over something."""

import structlog

from bot.changes.change_ids import new_error_id
from bot.changes.errors import ErrorCode, Problem
from bot.slack.blocks.notice import problem_message
from bot.slack.blocks.rich import Message

_log = structlog.get_logger()

FAULT = Problem(
    ErrorCode.FAULT,
    "The bot itself stumbled over this, so it may or may not have been stored.",
    "Look at the history before you ask again.",
)


def stumbled(error: Exception, problem: Problem = FAULT) -> Message:
    """Log what nobody has foreseen, and say so under its error id."""
    error_id = new_error_id()
    _log.error("stumbled", error_id=error_id, exc_info=error)
    return problem_message(problem, error_id)
