"""Short answers to one person: notices, refusals and the help."""

from bot.changes.errors import Problem
from bot.commands.answers import Help, Notice
from bot.slack.blocks.problems import problem_lines, problem_mentions, problem_text
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    escaped,
    paragraph,
    plain,
    read_out,
    shown,
)


def notice_message(notice: Notice) -> Message:
    """Show a notice."""
    lines: list[Line] = [
        [bold(shown(notice.title))],
        *([plain(shown(line, LONGEST_TOLD))] for line in notice.lines),
    ]
    return Message(escaped("\n".join((notice.title, *notice.lines))), (paragraph(*lines),))


def problem_message(problem: Problem, error_id: str) -> Message:
    """Tell what is wrong, whether anything was changed, and what to do next.

    Args:
        problem: What is wrong.
        error_id: The id under which the log knows it.
    """
    lines = [*problem_lines(problem), [plain("error "), code(error_id)]]
    after = f"{problem_mentions(problem)} Error {error_id}.".strip()
    return Message(read_out(problem_text(problem), after=after), (paragraph(*lines),))


def help_message(answer: Help) -> Message:
    """List subcommands by group: how each is written, and what it does."""
    blocks = []
    texts = []
    for title, entries in answer.groups:
        lines: list[Line] = [[bold(title)]]
        for entry in entries:
            also = f" Also: {', '.join(entry.aliases)}." if entry.aliases else ""
            lines += [[code(entry.usage)], [plain(f"{entry.summary}{also}")]]
            texts.append(f"{entry.usage}: {entry.summary}{also}")
            for option, does in entry.explained:
                lines.append([code(option), plain(f" {does}")])
                texts.append(f"{option} {does}")
        blocks.append(paragraph(*lines))
    if answer.note:
        blocks.append(paragraph([plain(answer.note)]))
        texts.append(answer.note)
    return Message(escaped("\n".join(texts)), tuple(blocks))
