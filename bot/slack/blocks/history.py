"""The record, as people read it."""

from collections.abc import Mapping

from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.changes.queries import History
from bot.slack.blocks.rich import (
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

_WORDS = {
    EventTag.REQUEST_ACCEPTED: "asked for",
    EventTag.REQUEST_DENIED: "was not allowed",
    EventTag.REQUEST_REFUSED: "was refused",
    EventTag.CHANGE_INTENDED: "is about to be changed",
    EventTag.CHANGE_INTERRUPTED: "interrupted, taken up again",
    EventTag.CHANGE_DONE: "done",
    EventTag.CHANGE_UNCHANGED: "nothing to change",
    EventTag.CHANGE_APPLIED: "applied, not read back",
    EventTag.CHANGE_REFUSED: "refused, nothing changed",
    EventTag.CHANGE_FAILED: "failed",
    EventTag.CHANGE_UNKNOWN: "outcome unknown",
}


def history_message(history: History) -> Message:
    """Show the newest events, newest first, a line each."""
    title = _title(history)
    if not history.events:
        return Message(
            escaped(f"{title}: nothing yet."), (paragraph([bold(title)], [plain("Nothing yet.")]),)
        )
    lines = [_line(link) for link in history.events]
    more: list[Line] = [[plain("Older events are in the record.")]] if history.more else []
    texts = [_text(link.event) for link in history.events]
    return Message(escaped("\n".join((title, *texts))), (paragraph([bold(title)], *lines, *more),))


def _title(history: History) -> str:
    if history.authorization_id is not None:
        return f"History of {history.authorization_id}"
    return "History of one person" if history.actor is not None else "History"


def _line(link: ChainedEvent) -> Line:
    event = link.event
    what: Line = [bold(_what(event))]
    if event.authorization_id is not None:
        what = [*what, plain(" "), code(event.authorization_id)]
    return joined(
        [plain(f"{event.at:%Y-%m-%d %H:%M:%S} UTC")],
        [person(event.actor)],
        what,
        *([plain(fact)] for fact in _facts(event.detail)),
        [plain("change "), code(event.change_id)] if event.change_id else [],
    )


def _what(event: AuditEvent) -> str:
    asked = str(event.detail.get("asked", ""))
    word = _WORDS[event.tag]
    if event.tag is EventTag.REQUEST_ACCEPTED:
        return f"{word} {asked}"
    return f"{asked} {word}".strip()


def _facts(detail: Mapping[str, object]) -> list[str]:
    facts = []
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        facts += [
            f"{field} {quoted(str(before[field]))} → {quoted(str(after[field]))}"
            for field in ("status", "description")
            if before.get(field) != after.get(field)
        ]
    if "message" in detail:
        facts.append(shown(str(detail["message"]), 300))
    if "rule" in detail and "policy" in detail and "status" not in detail:
        facts.append(shown(str(detail["rule"])))
    if "reason" in detail:
        facts.append(quoted(str(detail["reason"])))
    return facts


def _text(event: AuditEvent) -> str:
    subject = "" if event.authorization_id is None else f" {event.authorization_id}"
    change = "" if event.change_id is None else f", change {event.change_id}"
    return f"{event.at:%Y-%m-%d %H:%M:%S} UTC: {_what(event)}{subject}{change}"
