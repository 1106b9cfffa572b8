"""The message of a leaked secret's case, in every state that it can be in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.changes.audit import ChainedEvent, EventTag
from bot.changes.errors import ErrorCode, Problem
from bot.changes.evidence import accepted, concluded, identified, left_disabled, probed, progress
from bot.changes.leak_report import Attempt, LeakReport, Looked, OthersChange
from bot.changes.probe import Probe, ProbeVerdict, Search
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.slack.blocks.leaks.order import order_message
from bot.slack.blocks.leaks.owner import owner_message
from bot.slack.blocks.leaks.receipt import OwnerTold
from bot.slack.blocks.leaks.timeline import news, timeline_message
from bot.slack.blocks.private import decided_message
from bot.slack.blocks.request import Offer, request_message
from tests.changes.samples import REQUESTS, TEXTS
from tests.slack.blocks.samples import (
    BOB,
    CAROL,
    NOW,
    TOKEN,
    approval,
    checked,
    drawn,
    read,
    several,
    target,
    to_come,
    undo,
    waiting,
)

T, V = TargetState, ProbeVerdict
SOON = NOW + timedelta(seconds=2)
DOWN = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "prod did not answer in time.", "Ask again.")
OWN = Problem(
    ErrorCode.OWN_TOKEN,
    "0e840d0499003003 is the bot's own token. Nothing was changed.",
    "Replace it first.",
)
CHANGED = Problem(
    ErrorCode.CHANGED_SINCE,
    "It was not put back, since somebody else has changed it after it was disabled.",
    "Look at it with show, and set it as it has to be.",
)


OTHERS = OthersChange("prod", "telegraf", "8G4L3R")


def said(verdict: ProbeVerdict, *, later: bool = False) -> Probe:
    """Make what an instance said to the secret."""
    detail = "It did not answer in time." if verdict is V.NOT_PROVEN else ""
    return Probe(verdict, SOON if later else NOW, None, detail)


def looked(before: ProbeVerdict = V.LIVE, **fields: Any) -> Looked:
    """Make how an instance was looked at: it shows its tokens, and one of them is the secret."""
    usual: dict[str, Any] = {"search": Search.COMPARED, "shown": 13, "matched": 1}
    return Looked("prod", before=said(before), **{**usual, **fields})


def tried(
    after: ProbeVerdict = V.INACTIVE,
    number: int = 0,
    left: Problem | None = None,
    instance: str = "prod",
) -> Attempt:
    """Make what was said after a token was disabled."""
    return Attempt(instance, target(number=number).authorization_id, said(after, later=True), left)


def report(*looks: Looked, **fields: Any) -> LeakReport:
    """Make a report that is over, but for what is given."""
    usual: dict[str, Any] = {"found_in": "https://gist.example/42", "concluded_at": SOON}
    return LeakReport(looked=looks or (looked(),), **{**usual, **fields})


def case(*targets: Target, leak: LeakReport, **fields: Any) -> ChangeRequest:
    """Make a request about a leaked secret."""
    return several(*targets, leak=leak, **fields)


HIDDEN = looked(search=Search.HIDDEN, shown=0, hidden=13, matched=0)
PROVEN = case(target(), leak=report(attempts=(tried(),)))
CLOSED = {
    ErrorCode.LEAK_NOT_FOUND: V.UNKNOWN_TOKEN,
    ErrorCode.LEAK_ALREADY_DISABLED: V.INACTIVE,
    ErrorCode.LEAK_OWNER_INACTIVE: V.OWNER_INACTIVE,
    ErrorCode.LEAK_OWNER_UNSEEN: V.LIVE,
    ErrorCode.LEAK_NOT_LOOKED_AT: V.NOT_PROVEN,
}


def closed(code: ErrorCode) -> ChangeRequest:
    """Make a case in which no token could be disabled."""
    problem = Problem(code, "That is why. Nothing was changed.", "Do this.")
    before = looked(CLOSED[code], search=Search.HIDDEN, shown=0, hidden=13, matched=0)
    return case(leak=report(before), closing=problem)


RECEIPTS = {
    "dead": PROVEN,
    "dead, all of it": replace(
        PROVEN,
        reason="pasted in a gist",
        interrupted=1,
        leak=report(
            attempts=(tried(),), unusual=True, others=True, others_by=(OTHERS,), fingerprint="abc"
        ),
    ),
    "dead by cloud": case(
        target(), leak=report(looked(search=Search.ASKED, shown=0), attempts=(tried(),))
    ),
    "dead after wrong picks": case(
        target(state=T.RETURNED, number=1),
        target(state=T.DONE, number=2, problem=None),
        target(number=0),
        target(state=T.CANCELLED, number=3),
        target(state=T.REFUSED, number=4, problem=OWN),
        leak=report(
            HIDDEN,
            attempts=(tried(V.LIVE, 1), tried(V.LIVE, 2, left=CHANGED), tried()),
        ),
    ),
    "disabled, not proven": case(
        target(), leak=report(looked(V.NOT_PROVEN), attempts=(tried(V.NOT_PROVEN),))
    ),
    "may be it, not proven": case(
        target(),
        target(state=T.CANCELLED, number=1),
        leak=report(HIDDEN, attempts=(tried(V.NOT_PROVEN),)),
    ),
    "still usable": case(target(state=T.REFUSED, problem=OWN), leak=report()),
    "failed": case(target(state=T.FAILED, problem=DOWN), leak=report()),
    "unknown": case(
        target(state=T.UNKNOWN), leak=report(concluded_at=None), state=RequestState.UNRESOLVED
    ),
    "none of them": case(
        target(state=T.RETURNED),
        leak=report(HIDDEN, attempts=(tried(V.LIVE),)),
    ),
    "already": case(target(state=T.UNCHANGED), leak=report(looked(V.INACTIVE))),
    "refused before, disabled now": case(
        target(),
        leak=report(looked(V.OWNER_INACTIVE), attempts=(tried(V.OWNER_INACTIVE),)),
    ),
    "cannot be sent": case(
        leak=report(looked(V.UNKNOWN_TOKEN, search=Search.IMPOSSIBLE, shown=0, matched=0)),
        closing=Problem(ErrorCode.LEAK_NOT_FOUND, "Nobody knows it. Nothing was changed."),
    ),
    "not all looked at": case(
        target(),
        leak=report(
            looked(),
            Looked("lab", Search.FAILED, said(V.NOT_PROVEN), why="lab did not answer in time."),
            attempts=(tried(),),
        ),
    ),
    "on two instances": case(
        target(),
        target(instance="lab"),
        target(state=T.RETURNED, number=1, instance="lab"),
        target(state=T.CANCELLED, number=2, instance="lab"),
        leak=report(
            looked(),
            Looked("lab", Search.HIDDEN, said(V.LIVE), hidden=13),
            attempts=(tried(), tried(V.LIVE, 1, instance="lab"), tried(instance="lab")),
            others=True,
            others_by=(OTHERS, OthersChange("lab", "telegraf", "9H5M4S")),
        ),
    ),
    "secret gone": case(
        leak=LeakReport(found_in="a paste", concluded_at=SOON),
        closing=Problem(ErrorCode.LEAK_SECRET_GONE, "It was not looked for.", "Report it again."),
    ),
    **{code.value: closed(code) for code in CLOSED},
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_the_receipt(name: str, snapshot: SnapshotAssertion) -> None:
    """What it is, how that is known, what InfluxDB said before and after, and what is left."""
    assert read(request_message(RECEIPTS[name], Offer())) == snapshot


def test_the_receipts_blocks(snapshot: SnapshotAssertion) -> None:
    """Nothing of other people's texts is markup."""
    offer = Offer(undo=True, undo_rule="enabling needs an approval")
    owners = (
        OwnerTold("telegraf", "U0CAROL", told=True),
        OwnerTold("erin"),
        OwnerTold("ci", "U0BOB"),
    )

    assert (
        drawn(request_message(PROVEN, offer, owners=owners, note="Sent to you alone.")) == snapshot
    )


@pytest.mark.parametrize("state", [T.DONE, T.UNKNOWN, T.FAILED])
def test_it_was_undone(state: TargetState, snapshot: SnapshotAssertion) -> None:
    """The receipt says who made it work again; nothing of the proof is taken back."""
    taken_back = replace(PROVEN, undone_by="9H5M4S")

    assert read(request_message(taken_back, Offer(), undo=undo(state=state))) == snapshot


WAITING = {
    "looking": case(
        leak=LeakReport(found_in="a gist"),
        state=RequestState.ACCEPTED,
        held_back="prod did not answer in time. It is tried again until 14:13:07 UTC.",
    ),
    "held": case(
        to_come(), leak=report(concluded_at=None), state=RequestState.ACCEPTED, held_back="stopped"
    ),
    "trying": case(
        to_come(number=1),
        to_come(number=2),
        leak=report(HIDDEN, concluded_at=None),
        state=RequestState.EXECUTING,
        confirmed_at=NOW,
    ),
    "approval": waiting(
        to_come(),
        leak=report(concluded_at=None),
        state=RequestState.AWAITING_APPROVAL,
        approval=approval(),
    ),
    **{
        state.value: case(
            to_come(),
            leak=report(concluded_at=None),
            state=state,
            closing=Problem(ErrorCode.CANCELLED, "Nothing was changed.", by="U0BOB"),
        )
        for state in RequestState
        if state.closed
    },
}


@pytest.mark.parametrize("name", WAITING)
def test_before_and_instead_of_a_receipt(name: str, snapshot: SnapshotAssertion) -> None:
    """Whatever it waits for, it says that it is about a leaked token."""
    assert read(request_message(WAITING[name], Offer())) == snapshot


def candidates(count: int) -> ChangeRequest:
    """Make a case of an owner with so many tokens, one of which this bot refuses."""
    return waiting(
        *(to_come(number=n) for n in range(1, count + 1)),
        target(state=T.REFUSED, number=0, problem=OWN),
        leak=report(HIDDEN, concluded_at=None, unusual=True),
    )


def test_the_order(snapshot: SnapshotAssertion) -> None:
    """Which may be it, what each may do, what happens, and what is left out."""
    message = checked(order_message(candidates(2)))
    (select,) = (block for block in message.blocks if block["type"] == "input")

    assert (read(message), select) == snapshot


def test_the_order_on_two_instances(snapshot: SnapshotAssertion) -> None:
    """Each is named with its instance; what a third instance has named is no question."""
    asked = waiting(
        *(to_come(instance=name) for name in ("prod", "lab")),
        to_come(number=1, instance="lab"),
        to_come(instance="cloud"),
        leak=report(
            HIDDEN,
            Looked("lab", Search.HIDDEN, said(V.LIVE), hidden=13),
            Looked("cloud", Search.ASKED, said(V.LIVE), matched=1),
            concluded_at=None,
        ),
    )
    message = checked(order_message(asked))
    (select,) = (block for block in message.blocks if block["type"] == "input")

    assert (read(message), select["element"]["options"]) == snapshot


@pytest.mark.parametrize("count", [100, 101, 250])
def test_an_order_of_very_many_fits(count: int) -> None:
    """Slack takes a hundred options; that there are more is said."""
    long = replace(TOKEN, description="w" * 300)
    many = candidates(count)
    many = replace(
        many,
        targets=tuple(
            replace(t, before=replace(long, id=t.authorization_id)) for t in many.targets
        ),
    )

    message = checked(order_message(many))

    (select,) = (block for block in message.blocks if block["type"] == "input")
    assert len(select["element"]["options"]) == 100
    assert ("The first 100 can be chosen from." in message.text) is (count > 100)
    assert f"and {count - 12} more" in message.text.lower()


def test_the_owners_message(snapshot: SnapshotAssertion) -> None:
    """What has leaked, what was done, what that does not stop, and what to do."""
    leak = PROVEN.leak
    assert leak is not None

    assert read(owner_message(PROVEN, leak, PROVEN.targets)) == snapshot


def test_the_owners_message_where_nothing_is_proven(snapshot: SnapshotAssertion) -> None:
    """It does not claim more than is known."""
    request = RECEIPTS["disabled, not proven"]
    assert request.leak is not None

    assert read(owner_message(request, request.leak, (target(), target(number=1)))) == snapshot


def record(request: ChangeRequest) -> list[ChainedEvent]:
    """Make the record of a case, one event after another."""
    leak = request.leak
    assert leak is not None
    events = [
        accepted(request),
        identified(request, leak, NOW),
        *(progress(request, replace(t, state=T.INTENDED), NOW) for t in request.targets),
        *(progress(request, t, NOW) for t in request.targets if t.state is not T.PENDING),
        *(probed(request, each, SOON) for each in leak.attempts),
        *(left_disabled(request, t, CHANGED, SOON) for t in request.targets[:1]),
        concluded(request, leak, SOON),
    ]
    return [ChainedEvent(n, event, "", "") for n, event in enumerate(events, start=5)]


def test_the_timeline(snapshot: SnapshotAssertion) -> None:
    """A line for whatever has happened, in its order; what was only intended is not told."""
    request = RECEIPTS["dead after wrong picks"]
    events = news(record(request), 0)

    assert EventTag.CHANGE_INTENDED not in {each.tag for each in events}
    assert read(timeline_message(events, request.id, ["U0CAROL"])) == snapshot


@pytest.mark.parametrize(
    ("looks", "tokens", "told"),
    [
        ((looked(),), 1, "and names it; 1 token is it"),
        ((looked(), looked()), 2, "and names it; 2 tokens are it"),
        ((HIDDEN,), 1, "; 1 token may be it"),
        ((HIDDEN,), 2, "; 2 tokens may be it"),
        ((looked(), HIDDEN), 3, "; 3 tokens may be it"),
        ((looked(matched=0),), 0, "; no token to disable"),
    ],
)
def test_what_is_named_is_told_from_what_may_be_it(
    looks: tuple[Looked, ...], tokens: int, told: str
) -> None:
    """It is certain where InfluxDB has named as many as are to be disabled."""
    found = case(*(target(number=n) for n in range(tokens)), leak=report(*looks))

    assert told in timeline_message(news(record(found)[1:2], 0), found.id, []).text


def test_what_was_told_is_not_told_again() -> None:
    """The number in the record decides."""
    told = record(PROVEN)

    assert news(told, told[-1].sequence) == []
    assert [each.tag for each in news(told, told[-2].sequence)] == [EventTag.LEAK_CONCLUDED]


def test_a_timeline_of_very_many_fits() -> None:
    """The first ones and the last ones are told, and where the rest is."""
    many = case(
        *(target(number=n) for n in range(100)),
        leak=report(attempts=tuple(tried(number=n) for n in range(100)), found_in="w" * 500),
    )

    message = checked(timeline_message(news(record(many), 0), many.id, ["U0CAROL"]))

    assert "… and 184 more; history 7F3K2Q tells all." in message.text


@pytest.mark.parametrize("name", ["dead", "disabled, not proven", "leak_not_found"])
def test_whoever_waited_for_others_is_told(name: str, snapshot: SnapshotAssertion) -> None:
    """In a word, since the receipt tells the rest."""
    assert read(decided_message(replace(RECEIPTS[name], approval=approval(CAROL)))) == snapshot


PROBES = st.builds(Probe, st.sampled_from(ProbeVerdict), st.just(NOW), st.none(), TEXTS)
LOOKS = st.builds(
    Looked,
    st.sampled_from(["default", "lab"]),
    st.sampled_from(Search),
    PROBES,
    *(st.integers(0, 2_000), st.integers(0, 2_000), st.integers(0, 2)),
    TEXTS,
)
ATTEMPTS = st.builds(
    Attempt,
    st.sampled_from(["default", "lab"]),
    st.sampled_from([f"0d0d0d0d0d0d000{n}" for n in range(4)]),
    PROBES,
    st.none() | st.builds(Problem, st.sampled_from(ErrorCode), TEXTS, TEXTS),
)
REPORTS = st.builds(
    LeakReport,
    found_in=TEXTS,
    unusual=st.booleans(),
    others=st.booleans(),
    looked=st.lists(LOOKS, max_size=3).map(tuple),
    attempts=st.lists(ATTEMPTS, max_size=4).map(tuple),
    others_by=st.lists(st.just(OTHERS), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(REQUESTS, REPORTS, st.booleans())
def test_any_report_gives_a_message(
    request: ChangeRequest,
    leak: LeakReport,
    undoable: bool,  # noqa: FBT001 - drawn
) -> None:
    """In any state, with any texts: it fits, and nothing but words comes of it."""
    owners = (OwnerTold("<!channel>", "U0BOB", told=True), OwnerTold("<!here>" * 50))
    about = replace(request, leak=leak, requester=BOB)

    message = request_message(about, Offer(undo=undoable), owners=owners, note="Sent to you alone.")

    checked(message)
    checked(owner_message(about, leak, about.targets))
    checked(timeline_message(news(record(about), 0), about.id))
    assert request.id in message.text
