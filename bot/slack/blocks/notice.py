"""Short answers to one person: notices, refusals and the help."""

from bot.changes.errors import Problem
from bot.commands.answers import Help, Notice
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    escaped,
    paragraph,
    person,
    plain,
    shown,
)


def notice_message(notice: Notice) -> Message:
    """Show a notice."""
    lines: list[Line] = [[bold(notice.title)], *([plain(line)] for line in notice.lines)]
    return Message(escaped("\n".join((notice.title, *notice.lines))), (paragraph(*lines),))


def problem_message(problem: Problem, error_id: str) -> Message:
    """Tell what is wrong, whether anything was changed, and what to do next.

    Args:
        problem: What is wrong.
        error_id: The id under which the log knows it.
    """
    by: Line = [plain(" By "), person(problem.by), plain(".")] if problem.by else []
    lines: list[Line] = [[plain(shown(problem.message, 1_000)), *by]]
    if problem.hint:
        lines.append([plain(shown(problem.hint, 1_000))])
    lines.append([plain("error "), code(error_id)])
    text = f"{problem.message} {problem.hint}".strip()
    return Message(f"{escaped(text)} Error {error_id}.", (paragraph(*lines),))


def help_message(answer: Help) -> Message:
    """List subcommands by group: how each is written, and what it does."""
    blocks = []
    texts = []
    for title, entries in answer.groups:
        lines: list[Line] = [[bold(title)]]
        for entry in entries:
            also = f" Also: {', '.join(entry.aliases)}." if entry.aliases else ""
            lines += [[code(entry.usage)], [plain(f"{entry.summary}{also}")]]
            texts.append(f"{entry.usage}: {entry.summary}")
        blocks.append(paragraph(*lines))
    return Message(escaped("\n".join(texts)), tuple(blocks))
