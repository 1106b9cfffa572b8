from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.changes.lists import TokenPage
from bot.changes.locating import Whereabouts
from bot.changes.message_check import CheckedMessage
from bot.changes.queries import Preview
from bot.changes.record_queries import History, Pending
from bot.changes.token_queries import TokenDetails
from bot.commands.answers import Accepted, Help, Moved, Notice, Reading
from bot.slack.blocks.checked_message import checked_message
from bot.slack.blocks.dry_run import dry_run_message
from bot.slack.blocks.history import history_message
from bot.slack.blocks.notice import help_message, notice_message
from bot.slack.blocks.pending import pending_message
from bot.slack.blocks.private import accepted_message, moved_message
from bot.slack.blocks.rich import Message
from bot.slack.blocks.token_details import details_message
from bot.slack.blocks.token_page import page_message
from bot.slack.blocks.whereabouts import whereabouts_message

_DRAWN: Mapping[type[Any], Callable[[Any], Message]] = MappingProxyType(
    {
        Notice: notice_message,
        Help: help_message,
        TokenPage: page_message,
        TokenDetails: details_message,
        Whereabouts: whereabouts_message,
        CheckedMessage: checked_message,
        Preview: dry_run_message,
        History: history_message,
        Pending: pending_message,
        Moved: moved_message,
        Accepted: lambda accepted: accepted_message(
            accepted.request, needlessly=accepted.needlessly, directly=accepted.directly
        ),
    }
)


def answer_message(answer: Reading | Accepted | Moved) -> Message:
    """Draw a subcommand's answer."""
    return _DRAWN[type(answer)](answer)
