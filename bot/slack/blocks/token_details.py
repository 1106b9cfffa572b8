"""One token in full, but for its secret."""

from datetime import datetime

from bot.changes.authorization import Authorization
from bot.changes.moments import moment
from bot.changes.permissions import in_plain_words
from bot.changes.request import ChangeRequest
from bot.changes.token_queries import TokenDetails
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.drift import since
from bot.slack.blocks.glass import glass_mark
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    person,
    plain,
    shown,
)
from bot.slack.blocks.wording import OUTCOMES, STANDS, name_of

_PERMISSIONS_SHOWN = 20


def details_message(details: TokenDetails) -> Message:
    """Show everything about a token but its secret."""
    token = details.token
    warnings = [[bold("Warning: "), plain(warning)] for warning in _warnings(token)]
    allowed = in_plain_words(token)
    more = len(allowed) - _PERMISSIONS_SHOWN
    lines: list[Line] = [
        [bold(name_of(token))],
        joined([code(token.id)], [bold(token.status.value)], [plain(details.instance)]),
        [plain(f"Owner {shown(token.user)}, organisation {shown(token.org)}")],
        [plain(_ages(token))],
        *warnings,
        [bold("Allows")],
        *([plain(shown(line))] for line in allowed[:_PERMISSIONS_SHOWN]),
        *([[plain(f"and {more} more")]] if more > 0 else []),
        [bold("This bot's last changes")],
        *(_change_line(change, token.id) for change in details.recent),
        *([] if details.recent else [[plain("none")]]),
    ]
    text = [
        (
            f"{name_of(token)} ({token.id}): {token.status}, owner {shown(token.user)}, "
            f"organisation {shown(token.org)}, on {details.instance}. {_ages(token)}"
        ),
        *(f"Warning: {warning}" for warning in _warnings(token)),
        f"Allows: {shown('; '.join(allowed), LONGEST_TOLD)}.",
        *(
            f"{_moment_and_outcome(change, token.id)}, change {change.id}."
            for change in details.recent
        ),
    ]
    return Message(
        escaped("\n".join(text)),
        (
            paragraph(*lines),
            buttons.row(
                token_buttons.toggle(details.instance, token),
                token_buttons.describe(details.instance, token.id),
            ),
        ),
    )


def _warnings(token: Authorization) -> list[str]:
    if token.operator:
        return ["this is an operator token. Whoever holds it controls this whole InfluxDB."]
    if token.writes_users:
        return ["it can change users, their passwords included."]
    return []


def _ages(token: Authorization) -> str:
    return f"{_when('Created', token.created_at)}. {_when('Updated', token.updated_at)}."


def _when(word: str, at: datetime | None) -> str:
    return f"{word} at an unknown time" if at is None else f"{word} {moment(at)}"


def _change_line(change: ChangeRequest, authorization_id: str) -> Line:
    return joined(
        [plain(_moment_and_outcome(change, authorization_id))],
        [plain("by "), person(change.requester.user_id)],
        [plain("change "), code(change.id)],
    )


def _moment_and_outcome(change: ChangeRequest, authorization_id: str) -> str:
    verb = "undo" if change.undo_of else change.kind.value
    outcome = STANDS.get(change.state)
    if outcome is None:
        ours = [t for t in change.targets if t.authorization_id == authorization_id]
        outcome = OUTCOMES[ours[0].state] if ours else "nothing changed"
        if ours and ours[0].active_again is not None:
            outcome = f"{outcome}; active again{since(ours[0])}, and not by this bot"
    return f"{moment(change.created_at)}, {verb}: {outcome}{glass_mark(change)}"
