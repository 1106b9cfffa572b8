"""Records for tests, as the store chains them and as they are exported."""

from collections.abc import Iterable, Sequence

from bot.audit_verifier.verify_record import Anchor, RecordCheck, exported
from bot.changes.audit import GENESIS, AuditEvent, ChainedEvent, chain

Exported = dict[str, object]


def written(events: Sequence[AuditEvent]) -> list[ChainedEvent]:
    """Chain events as the store does."""
    links: list[ChainedEvent] = []
    previous = GENESIS
    for sequence, event in enumerate(events, start=1):
        links.append(chain(event, sequence, previous))
        previous = links[-1].hash
    return links


def as_exported(link: ChainedEvent) -> Exported:
    """Give an event as it is exported."""
    event = link.event
    place = (event.change_id, event.instance, event.authorization_id, dict(event.detail))
    hashes = (link.previous_hash, link.hash)
    return exported(
        (link.sequence, event.tag.value, event.at, event.actor, event.team, *place, *hashes)
    )


def checked(
    events: Iterable[Exported],
    *anchors: Anchor,
    head: Anchor | None = None,
    filtered: bool = False,
) -> RecordCheck:
    """Check events as they were exported."""
    check = RecordCheck(anchors, filtered=filtered)
    for event in events:
        check.look_at(event)
    check.end(head)
    return check


def wrong_with(links: Iterable[ChainedEvent], head: Anchor | None = None) -> list[str]:
    """Say what is wrong with a record."""
    return checked(map(as_exported, links), head=head).wrong
