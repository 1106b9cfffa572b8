import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class EventTag(StrEnum):
    """What an audit event tells of."""

    REQUEST_ACCEPTED = "request.accepted"
    REQUEST_DENIED = "request.denied"
    REQUEST_REFUSED = "request.refused"
    REFUSALS_COUNTED = "request.refusals_counted"
    REQUEST_SHOWN = "request.shown"
    REQUEST_CONFIRMED = "request.confirmed"
    REQUEST_CANCELLED = "request.cancelled"
    REQUEST_EXPIRED = "request.expired"
    REQUEST_VOIDED = "request.voided"
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_VOTED = "approval.voted"
    APPROVAL_GRANTED = "approval.granted"
    APPROVAL_LAPSED = "approval.lapsed"
    APPROVAL_DENIED = "approval.denied"
    CHANGE_INTENDED = "change.intended"
    CHANGE_INTERRUPTED = "change.interrupted"
    CHANGE_DONE = "change.done"
    CHANGE_UNCHANGED = "change.unchanged"
    CHANGE_APPLIED = "change.applied"
    CHANGE_REFUSED = "change.refused"
    CHANGE_FAILED = "change.failed"
    CHANGE_UNKNOWN = "change.unknown"
    CHANGE_LOST = "change.lost"
    CHANGE_CANCELLED = "change.cancelled"
    BREAK_GLASS_REVIEWED = "break_glass.reviewed"
    TIMER_STOPPED = "timer.stopped"
    DRIFT_FOUND = "drift.found"
    DRIFT_GONE = "drift.gone"
    CHANGE_RETURN_INTENDED = "change.return_intended"
    CHANGE_RETURNED = "change.returned"
    LEAK_IDENTIFIED = "leak.identified"
    LEAK_PROBED = "leak.probed"
    LEAK_LEFT_DISABLED = "leak.left_disabled"
    LEAK_CONCLUDED = "leak.concluded"
    CHANGES_FROZEN = "changes.frozen"
    CHANGES_UNFROZEN = "changes.unfrozen"
    RECORD_TRIMMED = "record.trimmed"


@dataclass(frozen=True)
class AuditEvent:
    """One line of the record, before it has a place in the chain.

    Attributes:
        actor: The Slack user id of whoever caused it.
        detail: Further facts, JSON values only; never a secret.
    """

    tag: EventTag
    at: datetime
    actor: str
    team: str
    change_id: str | None = None
    instance: str | None = None
    authorization_id: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ChainedEvent:
    """An audit event in its place: it holds the hash of the one before it, and its own."""

    sequence: int
    event: AuditEvent
    previous_hash: str
    hash: str


GENESIS = "0" * 64


def chain(event: AuditEvent, sequence: int, previous_hash: str) -> ChainedEvent:
    """Put an event behind the one whose hash is given."""
    return ChainedEvent(sequence, event, previous_hash, _hash(event, sequence, previous_hash))


def _hash(event: AuditEvent, sequence: int, previous_hash: str) -> str:
    content = {
        "sequence": sequence,
        "previous": previous_hash,
        "tag": event.tag.value,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "team": event.team,
        "change": event.change_id,
        "instance": event.instance,
        "authorization": event.authorization_id,
        "detail": dict(event.detail),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
