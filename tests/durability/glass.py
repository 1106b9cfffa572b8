"""What must hold of a break-glass: it is reviewed once, and every approver is told."""

from collections.abc import Iterator

from bot.changes.audit import EventTag
from bot.changes.request import ChangeRequest
from bot.sandbox import cast
from bot.sandbox.slack import SlackStandIn
from tests.durability.records import Record

APPROVERS = (cast.BOB, cast.CAROL)
"""Who the scenario's policy lets approve, by their group."""


def misbroken(
    request: ChangeRequest, record: Record, slack: SlackStandIn, deaths: int
) -> Iterator[str]:
    """Say what does not hold of a request that was made by break-glass, or was not."""
    glass = request.break_glass
    reviews = [
        link.event.actor
        for link in record.events
        if link.event.change_id == request.id and link.event.tag is EventTag.BREAK_GLASS_REVIEWED
    ]
    reviewed_by = [glass.reviewed_by] if glass is not None and glass.reviewed_at else []
    if reviews != reviewed_by:
        yield f"reviewed by {reviewed_by}, and the record says {reviews}"
    if glass is None or not (request.state.final and request.effective):
        return
    if request.requester.user_id in reviewed_by:
        yield "reviewed by its own requester"
    copies = {copy.user_id: copy.place for copy in record.copies[request.id]}
    if set(copies) != set(APPROVERS) - {request.requester.user_id}:
        yield f"to be told to {sorted(copies)}"
    for user, place in copies.items():
        told = [
            message
            for message in slack.direct_messages(user)
            if request.id in message.plain and not message.deleted
        ]
        if not 1 <= len(told) <= 1 + deaths:
            yield f"{user} was told {len(told)} times, after {deaths} kills"
        kept = [message.plain for message in told if place and message.ts == place.ts]
        said = "Reviewed by" if reviewed_by else "Not reviewed yet"
        if len(kept) != 1 or said not in kept[0]:
            yield f"{user} is not told {said!r}: {kept}"
