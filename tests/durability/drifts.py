"""What must hold of what others have set active: it is recorded, told and disabled again once."""

import re
from collections import Counter
from collections.abc import Iterator

from bot.changes.audit import EventTag
from bot.changes.request import ChangeRequest
from bot.sandbox.slack import SlackStandIn
from tests.durability.records import Record


def misdrifted(
    request: ChangeRequest, record: Record, slack: SlackStandIn, deaths: int
) -> Iterator[str]:
    """Say what does not hold of what was found active again after a request."""
    yield from _recorded(request, record)
    yield from _disabled_again(request, record)
    yield from _told(request, slack, deaths)


def _recorded(request: ChangeRequest, record: Record) -> Iterator[str]:
    found = Counter(
        link.event.authorization_id
        for link in record.events
        if link.event.change_id == request.id and link.event.tag is EventTag.DRIFT_FOUND
    )
    for target in request.targets:
        named = target.authorization_id
        again = target.active_again is not None
        if found[named] != again:
            yield f"{named}: found active again: {again}, and recorded {found[named]} times"


def _disabled_again(request: ChangeRequest, record: Record) -> Iterator[str]:
    for target in request.targets:
        named, again = target.authorization_id, target.active_again
        reserved = [] if again is None or again.again_by is None else [again.again_by]
        by = [
            each.id
            for each in record.requests
            if each.again_of == request.id
            and any(one.authorization_id == named for one in each.effective)
        ]
        if by != reserved:
            yield f"{named} was disabled again by {by}, and {reserved} have it reserved"


def _told(request: ChangeRequest, slack: SlackStandIn, deaths: int) -> Iterator[str]:
    """At worst there is one more message for each process that ended."""
    disabled_before = re.compile(rf"Disabled before by \S+ as change {request.id}\b")
    told = {
        (message.channel, message.ts): message.plain
        for message in slack.workspace.all_messages()
        if disabled_before.search(message.plain)
    }
    for drift in request.drifts:
        place = drift.message
        text = "" if place is None else told.get((place.channel_id, place.ts), "")
        again = request.again_by(drift.number) is not None
        if not drift.told or not text or ("then disabled again" in text) is not again:
            yield f"its drift is not told as it is: {' '.join(text.split())!r}"
    drifts = len(request.drifts)
    for channel, count in Counter(channel for channel, _ in told).items():
        if not drifts <= count <= drifts + deaths:
            yield f"{count} messages in {channel} of {drifts} drifts, after {deaths} kills"
