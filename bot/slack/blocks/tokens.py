"""Lists of tokens, one token in full, and previews."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from humanize import naturaldelta

from bot.changes.authorization import Authorization
from bot.changes.judgement import NothingToDo, Refuse
from bot.changes.permissions import in_plain_words
from bot.changes.queries import ListQuery, Preview, TokenDetails, TokenPage
from bot.changes.request import ChangeRequest, TargetState
from bot.changes.update import summary
from bot.slack.blocks import buttons
from bot.slack.blocks.change import told
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
    quoted,
    shown,
)

_PERMISSIONS_SHOWN = 20
_UNTOUCHED = "Nothing was changed."
_OUTCOMES = MappingProxyType(
    {
        TargetState.PENDING: "not begun yet",
        TargetState.INTENDED: "under way",
        TargetState.DONE: "done",
        TargetState.UNCHANGED: "nothing to change",
        TargetState.APPLIED: "applied, not read back",
        TargetState.REFUSED: "refused, nothing changed",
        TargetState.FAILED: "failed",
        TargetState.UNKNOWN: "outcome unknown",
        TargetState.LOST: "outcome lost",
    }
)


def page_message(page: TokenPage) -> Message:
    """Show one page of a list, with buttons for each token and for the neighbouring pages."""
    title = _list_title(page)
    blocks: list[dict[str, Any]] = [paragraph([bold(title)])]
    for token in page.tokens:
        blocks.append(paragraph([bold(_name(token))], _row(token, page.at)))
        blocks.append(
            buttons.row(
                buttons.details(page.instance, token.id, "Show"),
                buttons.toggle(page.instance, token),
            )
        )
    turns = [("Previous", page.previous), ("Next", page.next)]
    turning = [
        buttons.page(text, query_id, place)
        for place, (text, query_id) in enumerate(turns)
        if query_id is not None
    ]
    if turning:
        blocks.append(buttons.row(*turning))
    listed = [
        f"{_name(t)} ({t.id}), {t.status}, owner {shown(t.user)}, organisation {shown(t.org)}"
        for t in page.tokens
    ]
    return Message(escaped("\n".join((title, *listed))), tuple(blocks))


def details_message(details: TokenDetails) -> Message:
    """Show everything about a token but its secret."""
    token = details.token
    warnings = [[bold("Warning: "), plain(warning)] for warning in _warnings(token)]
    allowed = in_plain_words(token)
    more = len(allowed) - _PERMISSIONS_SHOWN
    lines: list[Line] = [
        [bold(_name(token))],
        joined([code(token.id)], [bold(token.status.value)], [plain(details.instance)]),
        [plain(f"Owner {shown(token.user)}, organisation {shown(token.org)}")],
        [plain(_ages(token))],
        *warnings,
        [bold("Allows")],
        *([plain(shown(line))] for line in allowed[:_PERMISSIONS_SHOWN]),
        *([[plain(f"and {more} more")]] if more > 0 else []),
        [bold("This bot's last changes")],
        *(_change_line(change) for change in details.recent),
        *([] if details.recent else [[plain("none")]]),
    ]
    text = [
        (
            f"{_name(token)} ({token.id}): {token.status}, owner {shown(token.user)}, "
            f"organisation {shown(token.org)}, on {details.instance}. {_ages(token)}"
        ),
        *(f"Warning: {warning}" for warning in _warnings(token)),
        f"Allows: {shown('; '.join(allowed), LONGEST_TOLD)}.",
        *(f"{_moment_and_outcome(change)}, change {change.id}." for change in details.recent),
    ]
    return Message(
        escaped("\n".join(text)),
        (paragraph(*lines), buttons.row(buttons.toggle(details.instance, token))),
    )


def preview_message(preview: Preview) -> Message:
    """Tell what a change would do; nothing was sent."""
    token = preview.token
    match preview.verdict:
        case Refuse(problem):
            # What a refusal says of its effect is said below, of the dry run.
            why = shown(problem.message, LONGEST_TOLD).removesuffix(_UNTOUCHED).strip()
            outcome = f"It would be refused. {why} {shown(problem.hint, LONGEST_TOLD)}".strip()
        case NothingToDo():
            outcome = "It would find nothing to change."
        case _:
            changes = "; ".join(
                f"{field} {told(field, old)} → {told(field, new)}"
                for field, old, new in summary(preview.update, token)
            )
            outcome = f"It would change {changes}."
    lines: list[Line] = [
        joined([bold(f"Dry run: {preview.update.kind}")], [plain(_name(token))]),
        joined([code(token.id)], [plain(f"owner {shown(token.user)}")], [plain(preview.instance)]),
        [plain(outcome)],
        [plain(_UNTOUCHED)],
    ]
    text = f"Dry run: {preview.update.kind} {token.id}. {outcome} {_UNTOUCHED}"
    return Message(escaped(text), (paragraph(*lines),))


def _list_title(page: TokenPage) -> str:
    status = "" if page.query.status is None else f"{page.query.status} "
    noun = "token" if page.total == 1 else "tokens"
    subject = f"{page.total or 'No'} {status}{noun}{_wanted(page.query)}"
    turn = f", page {page.page + 1} of {page.pages}" if page.pages > 1 else ""
    return f"{subject} on {page.instance}{turn}"


def _wanted(query: ListQuery) -> str:
    parts = []
    if query.words:
        parts.append(f"with {quoted(' '.join(query.words))}")
    if query.user is not None:
        parts.append(f"of {shown(query.user)}")
    if query.org is not None:
        parts.append(f"in {shown(query.org)}")
    return f" {' '.join(parts)}" if parts else ""


def _row(token: Authorization, now: datetime) -> Line:
    age = "" if token.created_at is None else f"created {naturaldelta(now - token.created_at)} ago"
    return joined(
        [code(token.id)],
        [plain(token.status.value)],
        [plain(f"owner {shown(token.user)}")],
        [plain(f"organisation {shown(token.org)}")],
        [plain(age)] if age else [],
    )


def _name(token: Authorization) -> str:
    return shown(token.description) or "no description"


def _warnings(token: Authorization) -> list[str]:
    if token.operator:
        return ["this is an operator token. Whoever holds it controls this whole InfluxDB."]
    if token.writes_users:
        return ["it can change users, their passwords included."]
    return []


def _ages(token: Authorization) -> str:
    return f"{_when('Created', token.created_at)}. {_when('Updated', token.updated_at)}."


def _when(word: str, at: datetime | None) -> str:
    return f"{word} at an unknown time" if at is None else f"{word} {at:%Y-%m-%d %H:%M} UTC"


def _change_line(change: ChangeRequest) -> Line:
    return joined(
        [plain(_moment_and_outcome(change))],
        [plain("by "), person(change.requester.user_id)],
        [plain("change "), code(change.id)],
    )


def _moment_and_outcome(change: ChangeRequest) -> str:
    verb = "undo" if change.undo_of else change.update.kind.value
    return f"{change.created_at:%Y-%m-%d %H:%M} UTC, {verb}: {_OUTCOMES[change.target.state]}"
