"""What went wrong: what happened, who was first, what to do next, and who can help."""

from bot.changes.errors import Problem
from bot.slack.blocks.people import named, named_text
from bot.slack.blocks.rich import LONGEST_TOLD, Line, person, plain, shown


def problem_lines(wrong: Problem | None) -> list[Line]:
    """Tell what went wrong, who was first, what to do next, and who can help."""
    if wrong is None:
        return []
    by: Line = [plain(" By "), person(wrong.by), plain(".")] if wrong.by else []
    return [
        [plain(shown(wrong.message, LONGEST_TOLD)), *by],
        [plain(shown(wrong.hint, LONGEST_TOLD))],
        named("Can help: ", wrong.helpers),
    ]


def problem_text(wrong: Problem | None) -> str:
    """Write a problem and what to do next as text, without any mention."""
    if wrong is None:
        return ""
    return f"{shown(wrong.message, LONGEST_TOLD)} {shown(wrong.hint, LONGEST_TOLD)}".strip()


def problem_mentions(wrong: Problem | None) -> str:
    """Mention who was first and who can help, as sentences of a top-level text."""
    if wrong is None:
        return ""
    who = (
        named_text("By ", [wrong.by] if wrong.by else []),
        named_text("Can help: ", wrong.helpers),
    )
    return " ".join(each for each in who if each)
