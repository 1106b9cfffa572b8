from bot.changes.queries import History, Preview, TokenDetails, TokenPage
from bot.commands.answers import Accepted, Help, Notice, Reading
from bot.slack.blocks.history import history_message
from bot.slack.blocks.notice import help_message, notice_message
from bot.slack.blocks.private import accepted_message
from bot.slack.blocks.rich import Message
from bot.slack.blocks.tokens import details_message, page_message, preview_message


def answer_message(answer: Reading | Accepted) -> Message:
    """Draw a subcommand's answer."""
    match answer:
        case Notice():
            return notice_message(answer)
        case Help():
            return help_message(answer)
        case TokenPage():
            return page_message(answer)
        case TokenDetails():
            return details_message(answer)
        case Preview():
            return preview_message(answer)
        case History():
            return history_message(answer)
        case Accepted(request):
            return accepted_message(request)
