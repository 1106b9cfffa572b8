"""The record, as people read it: who did what, a line each."""

from slack_sdk.models.blocks import RichTextElement

from bot.changes.audit import AuditEvent
from bot.changes.moments import exact_moment
from bot.changes.record_queries import History
from bot.slack.blocks.pending import stands
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    mention_text,
    paragraph,
    person,
    plain,
    quoted,
    shown,
)
from bot.slack.blocks.sentences import IMPERSONAL, sentence

_LONGEST_REASON = 100
_LONGEST_LINE = 180


def history_message(history: History) -> Message:
    """Show the newest events, newest first, a line each."""
    title, title_text = _title(history)
    if not history.events:
        nothing = _nothing(history)
        said = f"{title_text}: {nothing[0].lower()}{nothing[1:]}"
        return Message(said, (paragraph(title, [plain(nothing)]),))
    events = [link.event for link in history.events]
    now = "" if history.unfinished is None else f"Now: {stands(history.unfinished)}"
    more = _older(history)
    return Message(
        "\n".join(
            each for each in (title_text, escaped(now), *map(event_text, events), more) if each
        ),
        (paragraph(title, [plain(now)], *map(event_line, events), [plain(more)]),),
    )


def _nothing(history: History) -> str:
    if history.begins is None:
        return "Nothing yet."
    return f"Nothing since {history.begins:%Y-%m-%d}. What was before was exported and trimmed."


def _older(history: History) -> str:
    if history.more:
        return "There are older events; name an id or a person to narrow it down."
    if history.begins is None:
        return ""
    return f"The record begins on {history.begins:%Y-%m-%d}. What was before was exported."


def _title(history: History) -> tuple[Line, str]:
    if history.actor is not None:
        return [bold("History of "), person(history.actor)], (
            f"History of {mention_text(history.actor)}"
        )
    title = "History"
    if history.authorization_id is not None:
        title = f"History of {history.authorization_id}"
    elif history.change_id is not None:
        title = f"History of change {history.change_id}"
    return [bold(title)], escaped(title)


def event_line(event: AuditEvent) -> Line:
    """Tell an event in a line."""
    before, after = sentence(event)
    subject: list[RichTextElement] = [plain(before)]
    if event.authorization_id is not None:
        subject += [plain(" "), code(event.authorization_id)]
    return joined(
        [plain(exact_moment(event.at))],
        [*_actor(event), *subject, plain(after)],
        [plain(_reason(event))],
        [plain("change "), code(event.change_id)] if event.change_id else [],
    )


def event_text(event: AuditEvent) -> str:
    """Tell the same in a top-level text, escaped."""
    before, after = sentence(event)
    subject = "" if event.authorization_id is None else f" {event.authorization_id}"
    change = "" if event.change_id is None else f" (change {event.change_id})"
    said = escaped(f"{before}{subject}{after} {_reason(event)}", _LONGEST_LINE)
    who = f"{escaped(_typist(event))}{mention_text(event.actor)} "
    who = who if event.team else f"{escaped(event.actor)} "
    return f"{exact_moment(event.at)}: {'' if event.tag in IMPERSONAL else who}{said}{change}"


def _actor(event: AuditEvent) -> Line:
    if event.tag in IMPERSONAL:
        return []
    # Whoever uses the command line is no user of Slack's.
    who = person(event.actor) if event.team else plain(shown(event.actor))
    return [plain(_typist(event)), who, plain(" ")]


def _typist(event: AuditEvent) -> str:
    """Say who has typed on the bot's own machine what happened in somebody's name."""
    typed_by = event.detail.get("typed_by")
    return f"{shown(typed_by)} on behalf of " if isinstance(typed_by, str) else ""


def _reason(event: AuditEvent) -> str:
    reason = event.detail.get("reason")
    return quoted(reason, _LONGEST_REASON) if isinstance(reason, str) else ""
