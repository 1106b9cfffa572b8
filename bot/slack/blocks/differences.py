"""What a change sets on a token: the old value and the new one."""

from datetime import datetime

from bot.changes.authorization import Authorization
from bot.changes.moments import clock_time
from bot.changes.update import AuthorizationUpdate, summary
from bot.slack.blocks.rich import Line, bold, plain, unseen
from bot.slack.blocks.wording import told

_NAMED = 5


def difference_lines(
    update: AuthorizationUpdate, before: Authorization, at: datetime | None = None
) -> list[Line]:
    """Show each value that is set, a line each; with ``at``, when that was read back."""
    lines = [
        [plain(f"{field.capitalize()}: {told(field, old)} → "), bold(told(field, new))]
        for field, old, new in summary(update, before)
    ]
    if lines:
        lines[-1].append(plain(_read_back(at)))
    return [*lines, [plain(_unseen(update))]]


def difference_text(
    update: AuthorizationUpdate, before: Authorization, at: datetime | None = None
) -> str:
    """Write the same as a sentence; empty if nothing is set."""
    fields = "; ".join(
        f"{field.capitalize()}: {told(field, old)} → {told(field, new)}"
        for field, old, new in summary(update, before)
    )
    return f"{fields}{_read_back(at)}. {_unseen(update)}".strip() if fields else ""


def _unseen(update: AuthorizationUpdate) -> str:
    """Say what a description has that its quotation cannot show; it is set as it was typed."""
    signs = unseen(update.description or "")
    if not signs:
        return ""
    more = f" and {len(signs) - _NAMED} more" if len(signs) > _NAMED else ""
    return (
        f"The new description also has signs that do not show: {', '.join(signs[:_NAMED])}{more}."
    )


def _read_back(at: datetime | None) -> str:
    return "" if at is None else f", read back at {clock_time(at)}"
