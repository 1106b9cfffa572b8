"""What must hold whatever was killed when: each violation in plain words."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.changes.audit import EventTag
from bot.changes.request import ChangeRequest, MessageRef
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import ChangeKind
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.slack import Message, SlackStandIn
from bot.sandbox.slack.messages import Button
from tests.audit.chains import wrong_with
from tests.durability.drifts import misdrifted
from tests.durability.glass import misbroken
from tests.durability.leaks import title_of, unproven
from tests.durability.records import Record
from tests.durability.truth import untrue

_OUTCOMES = {
    EventTag.CHANGE_DONE: TargetState.DONE,
    EventTag.CHANGE_UNCHANGED: TargetState.UNCHANGED,
    EventTag.CHANGE_APPLIED: TargetState.APPLIED,
    EventTag.CHANGE_REFUSED: TargetState.REFUSED,
    EventTag.CHANGE_FAILED: TargetState.FAILED,
    EventTag.CHANGE_LOST: TargetState.LOST,
    EventTag.CHANGE_CANCELLED: TargetState.CANCELLED,
    EventTag.CHANGE_RETURNED: TargetState.RETURNED,
}
_CLOSINGS = {
    EventTag.APPROVAL_DENIED: RequestState.DENIED,
    EventTag.REQUEST_CANCELLED: RequestState.CANCELLED,
    EventTag.REQUEST_EXPIRED: RequestState.EXPIRED,
    EventTag.REQUEST_VOIDED: RequestState.VOIDED,
}
_DONE = {
    ChangeKind.DISABLE: "Token disabled",
    ChangeKind.ENABLE: "Token enabled",
    ChangeKind.DESCRIBE: "Description changed",
}
_FAILED = {
    ChangeKind.DISABLE: "Token not disabled",
    ChangeKind.ENABLE: "Token not enabled",
    ChangeKind.DESCRIBE: "Description not changed",
}
_CLOSED = {
    RequestState.DENIED: "Denied",
    RequestState.CANCELLED: "Cancelled",
    RequestState.EXPIRED: "Expired",
    RequestState.VOIDED: "Approval void",
}


@dataclass
class Witness:
    """What was seen from outside while bots lived and died.

    Attributes:
        patches: Each PATCH that came: its authorization, and which changes had it recorded as
            their intent at that moment.
        typed: How many commands were typed; ``taken``: how many of them were acknowledged without
            a word against them.
        promised: The ids of changes that an ack said were stored.
        deaths: Of how many processes; ``in_flight``: at how many of them a PATCH of a change may
            have been on its way.
    """

    patches: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    typed: int = 0
    taken: int = 0
    promised: list[str] = field(default_factory=list)
    deaths: int = 0
    in_flight: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Offered:
    """A button on a message, and the request that it names."""

    message: Message
    button: Button
    request: ChangeRequest

    @property
    def stands(self) -> bool:
        """Tell whether it is still there."""
        return any(each.action_id == self.button.action_id for each in self.message.buttons)


def never(_: ChangeRequest) -> bool:
    """Say that no request may be open."""
    return False


class Checker:
    """Compare the record with what InfluxDB and Slack have seen.

    Args:
        record: What the database says, once nothing is going on any more.
        slack: The workspace.
        influxdb: The server.
        witness: What was seen meanwhile.
        waits: Tells whether a request may be open, since it waits for people.
    """

    def __init__(
        self,
        record: Record,
        slack: SlackStandIn,
        influxdb: InfluxDBStandIn,
        witness: Witness,
        waits: Callable[[ChangeRequest], bool] = never,
    ) -> None:
        self._waits = waits
        self._record = record
        self._slack = slack
        self._influxdb = influxdb
        self._witness = witness
        self._places = {
            (place.channel_id, place.ts)
            for request in record.requests
            for place in (
                *_places(request),
                *(copy.place for copy in record.copies[request.id] if copy.place is not None),
            )
        }

    def violations(self) -> list[str]:
        """Say what does not hold."""
        found = [*self._chain(), *self._work_left(), *self._promises(), *self._patches()]
        found += untrue(self._record, self._influxdb)
        for request in self._record.requests:
            for each in (
                *self._outcome(request),
                *self._undone_once(request),
                *self._interruption(request),
                *unproven(request, self._record, self._slack),
                *misbroken(request, self._record, self._slack, self._witness.deaths),
                *misdrifted(request, self._record, self._slack, self._witness.deaths),
                *self._told(request),
                *self._copies(request),
            ):
                found.append(f"{request.id}: {each}")
        found += [
            f"{offered.request.id}: a live {offered.button.text} on its message, which is "
            f"{offered.request.state.value}"
            for offered in self.offered(recorded=True)
            if not is_right(offered.button, offered.request)
        ]
        return found

    def offered(self, *, recorded: bool) -> list[Offered]:
        """Give the buttons on messages that are recorded as a request's own, or on others."""
        found: list[Offered] = []
        for message in self._slack.workspace.all_messages():
            if message.deleted or (((message.channel, message.ts) in self._places) is not recorded):
                continue
            for button in message.buttons:
                request = self._record.find((button.value or "").partition(":")[0])
                if request is not None and button.action_id.partition(":")[0] in _RIGHT:
                    found.append(Offered(message, button, request))
        return found

    def _chain(self) -> Iterator[str]:
        yield from wrong_with(self._record.events, self._record.head)

    def _work_left(self) -> Iterator[str]:
        left = self._record.left
        waiting = {request.id for request in self._record.requests if self._waits(request)}
        for what, found in (("leased", left.leased), ("due", left.due), ("held", left.held)):
            ids = [each for each in found if each not in waiting]
            if ids:
                yield f"still {what}: {', '.join(ids)}"
        if left.undecided:
            yield f"{left.undecided} deliveries were stored and are not decided"

    def _promises(self) -> Iterator[str]:
        for change_id in self._witness.promised:
            if self._record.find(change_id) is None:
                yield f"{change_id}: an ack said that it is stored, and it is not"
        asked = [
            r
            for r in self._record.requests
            if r.origin.pressed is None and not r.automatic and r.leak_of is None
        ]
        if not self._witness.taken <= len(asked) <= self._witness.typed:
            yield (
                f"{self._witness.typed} commands were typed and {self._witness.taken} taken, and "
                f"there are {len(asked)} requests"
            )

    def _patches(self) -> Iterator[str]:
        undos = {r.id: r.undo_of for r in self._record.requests if r.undo_of is not None}
        undone: set[tuple[str, str]] = set()
        sent: Counter[tuple[str, str]] = Counter()
        for authorization_id, changes in self._witness.patches:
            if not changes:
                yield f"a PATCH of {authorization_id} came without a recorded intent"
            for change_id in changes:
                sent[change_id, authorization_id] += 1
                if (change_id, authorization_id) in undone:
                    yield f"{change_id}: a PATCH of it came after it was undone"
                if change_id in undos:
                    undone.add((undos[change_id], authorization_id))
        for (change_id, authorization_id), times in sent.items():
            request = self._record.find(change_id)
            if request is not None and times > 1 + _put_back(request) + request.interrupted:
                yield f"{change_id}: {times} PATCHes of {authorization_id}"

    def _outcome(self, request: ChangeRequest) -> Iterator[str]:
        if not request.state.final:
            if not self._waits(request):
                yield f"no outcome: it is {request.state.value}"
            return
        if not request.announced:
            yield f"its outcome is not told: it is {request.state.value}"
        events = [link.event for link in self._record.events if link.event.change_id == request.id]
        if [event.tag for event in events].count(EventTag.REQUEST_ACCEPTED) != 1:
            yield "the record does not say once that it was accepted"
        closings = [_CLOSINGS[event.tag] for event in events if event.tag in _CLOSINGS]
        expected = [request.state] if request.state.closed else []
        if closings != expected and not request.cancelled_by:
            yield f"it is {request.state.value}, and the record says {closings}"
        for target in request.targets:
            named = target.authorization_id
            ends = [
                _OUTCOMES[event.tag]
                for event in events
                if event.tag in _OUTCOMES and event.authorization_id == named
            ]
            if request.state.closed:
                # What was so already, or cannot be, is found when it is prepared.
                if any(end.effective for end in ends) or any(
                    event.tag is EventTag.CHANGE_INTENDED for event in events
                ):
                    yield f"it is {request.state.value}, and yet {named} was to be sent"
            elif ends != [*([TargetState.DONE] if _was_wrong(target) else []), target.state]:
                yield f"{named} is {target.state.value}, and the record says {ends}"

    def _undone_once(self, request: ChangeRequest) -> Iterator[str]:
        undos = [
            each.id
            for each in self._record.requests
            if each.undo_of == request.id and each.effective
        ]
        if len(undos) > 1:
            yield f"undone by each of {', '.join(undos)}"
        if undos and request.undone_by not in undos:
            yield f"{undos[0]} undid it, and {request.undone_by} has it reserved"
        reserved = self._record.find(request.undone_by)
        if request.undone_by and (reserved is None or (reserved.state.final and not undos)):
            yield f"reserved for the undo {request.undone_by}, of which nothing came"

    def _interruption(self, request: ChangeRequest) -> Iterator[str]:
        if not request.state.final:
            # It is recorded by whoever takes the request up.
            return
        deaths = self._witness.in_flight[request.id]
        said = [
            link.event.tag for link in self._record.events if link.event.change_id == request.id
        ].count(EventTag.CHANGE_INTERRUPTED)
        if not min(deaths, 1) <= said <= deaths:
            yield f"{deaths} processes ended while its PATCH was under way; {said} are recorded"
        if said != request.interrupted:
            yield f"interrupted {request.interrupted} times, and the record says {said}"

    def _told(self, request: ChangeRequest) -> Iterator[str]:
        if not request.state.final:
            return
        places = [place for place in (request.message, request.feed_message) if place is not None]
        told, said = [self._text(place) for place in places], self._words(request)
        if not places:
            told = [
                message.plain
                for message in self._slack.workspace.all_messages()
                if not message.deleted and request.id in message.plain
            ]
            # Whoever is told it alone may be told more of it later.
            told = sorted(told, key=lambda text: sum(each in text for each in said))[-1:]
            if not told:
                yield "no message tells of it"
        for text, words in ((text, words) for text in told for words in said):
            if words not in text:
                yield f"its message does not say {words!r}: {' '.join(text.split())!r}"

    def _words(self, request: ChangeRequest) -> list[str]:
        """Give what the message of a request must say by its record."""
        undone = self._record.find(request.undo_of)
        if undone is not None and request.message in {None, undone.message}:
            return [request.id, *(["then undone"] if request.effective else [])]
        words = [request.id]
        if request.state.closed:
            return [*words, _CLOSED[request.state]]
        if request.leak is not None:
            words.append(title_of(request))
        elif len(request.targets) == 1:
            target = request.targets[0]
            title = _DONE if target.state is TargetState.DONE else _FAILED
            unchanged = target.state is TargetState.UNCHANGED
            words.append("Nothing to change" if unchanged else title[target.effect])
        else:
            done = len(request.in_state(TargetState.DONE))
            failed = len(request.in_state(TargetState.FAILED))
            words += [f"{done} token"] if done else []
            words += [f"{failed} failed"] if failed else []
        if request.interrupted:
            words.append("interrupted")
        undo = self._record.find(request.undone_by)
        if undo is not None and undo.effective:
            words += ["then undone", undo.id]
        if request.break_glass is not None:
            words.append("Reviewed by" if request.break_glass.reviewed_at else "Not reviewed yet")
        if request.retried_by is not None:
            words.append(request.retried_by)
        return words

    def _copies(self, request: ChangeRequest) -> Iterator[str]:
        """At worst there is one more message for each process that ended."""
        others = {
            (place.channel_id, place.ts)
            for each in self._record.requests
            for place in (each.message, each.feed_message)
            if place is not None and each.id != request.id
        }
        told = Counter(
            message.channel
            for message in self._slack.workspace.all_messages()
            if message.ephemeral_to is None
            and not message.deleted
            # The timeline of a leaked secret goes on below its message.
            and (request.leak is None or message.thread_ts is None)
            and request.id in message.plain
            and request.undo_of is None
            and (message.channel, message.ts) not in others
            and not self._slack.workspace.channels[message.channel].is_im
            and f"as change {request.id}" not in message.plain
        )
        for channel, count in told.items():
            if count > 1 + self._witness.deaths:
                yield f"{count} messages of it in {channel} after {self._witness.deaths} kills"

    def _text(self, place: MessageRef) -> str:
        for message in self._slack.workspace.messages_in(place.channel_id):
            if message.ts == place.ts:
                return "" if message.deleted else message.plain
        return ""


def _places(request: ChangeRequest) -> Iterator[MessageRef]:
    """Give where a request, and what was found active again after it, is told."""
    drifts = (place for each in request.drifts for place in (each.message, each.feed_message))
    for place in (request.message, request.feed_message, *drifts):
        if place is not None:
            yield place


def _was_wrong(target: Target) -> bool:
    """Tell whether a token was disabled as the leaked one, was not it, and was put back."""
    return target.state is TargetState.RETURNED


def _put_back(request: ChangeRequest) -> int:
    """Count the further PATCHes that a token may get, since it is put back."""
    return (
        1
        if request.leak is not None and not any(each.matched for each in request.leak.looked)
        else 0
    )


def is_right(button: Button, request: ChangeRequest) -> bool:
    """Tell whether a button can do what it says, by the record of its request."""
    return _RIGHT[button.action_id.partition(":")[0]](request)


def _undoable(request: ChangeRequest) -> bool:
    done = request.in_state(TargetState.DONE)
    # What others have set active already needs no undo.
    left = [target for target in done if target.active_again is None]
    return bool(
        request.state.final and left and request.undone_by is None and request.undo_of is None
    )


def _to_disable_again(request: ChangeRequest) -> bool:
    found = [target.active_again for target in request.targets]
    return any(again is not None and again.again_by is None for again in found)


def _retryable(request: ChangeRequest) -> bool:
    failed = request.in_state(TargetState.FAILED)
    return bool(request.state.final and failed and request.retried_by is None)


def _reviewable(request: ChangeRequest) -> bool:
    return request.state.final and request.unreviewed


def _cancellable(request: ChangeRequest) -> bool:
    runs = request.timer is not None and request.timer.ends_at is not None
    return not request.state.final or runs


_RIGHT = {
    "confirm_change": lambda request: request.state is RequestState.PREVIEWED,
    "approve_change": lambda request: request.state is RequestState.AWAITING_APPROVAL,
    "deny_change": lambda request: request.state is RequestState.AWAITING_APPROVAL,
    "cancel_change": _cancellable,
    "undo_change": _undoable,
    "retry_change": _retryable,
    "disable_again": _to_disable_again,
    "review_change": _reviewable,
}


def differences(before: Record, after: Record) -> list[str]:
    """Say which requests a press has moved, though it must not have."""
    was: Mapping[str, tuple[object, ...]] = {r.id: _moved(r) for r in before.requests}
    found: Sequence[str] = [
        f"{r.id}: moved by a button that stood there from before"
        for r in after.requests
        if was.get(r.id) != _moved(r)
    ]
    return list(found)


def _moved(request: ChangeRequest) -> tuple[object, ...]:
    return (
        *(request.state, request.undone_by, request.retried_by, request.timer, request.targets),
        request.break_glass,
    )
