"""The record has a function and a sentence for everything that can happen."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from bot.changes import evidence
from bot.changes.approval import Approval
from bot.changes.asking import Ask
from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.changes.break_glass import BreakGlass
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem
from bot.changes.leak_report import Attempt, Lapse, LeakReport, Looked
from bot.changes.people import Standing
from bot.changes.probe import Probe, ProbeVerdict, Search
from bot.changes.record_queries import History
from bot.changes.request import ChangeRequest, Origin, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain, Selection, Target
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.history import history_message
from tests.changes.samples import (
    ALICE,
    BOB,
    DISABLE,
    NOON,
    REQUESTS,
    TOKEN_ID,
    UNHURRIED,
    authorization,
    change,
    done,
)

S = RequestState
PROBLEM = Problem(ErrorCode.EXPIRED, "It took too long.")
DENIED = Denied("you hold no role", "Ask.")
TWO = tuple(Target("default", f"0d0d0d0d0d0d000{n}", DISABLE) for n in (1, 2))
MOVES = (
    EventTag.REQUEST_CONFIRMED,
    EventTag.REQUEST_CANCELLED,
    EventTag.APPROVAL_VOTED,
    EventTag.APPROVAL_GRANTED,
    EventTag.APPROVAL_DENIED,
    EventTag.TIMER_STOPPED,
    EventTag.BREAK_GLASS_REVIEWED,
)


def everything(request: ChangeRequest) -> list[AuditEvent]:
    """Make an event of each kind about a request."""
    closed = [replace(request, state=state, closing=PROBLEM) for state in S if state.closed]
    outcomes = [state for state in TargetState if state is not TargetState.PENDING]
    again = ActiveAgain(authorization(description="renamed"), 0)
    active = [replace(target, active_again=again) for target in request.targets]
    gone = [replace(target, gone_at=NOON) for target in request.targets]
    return [
        evidence.accepted(request),
        evidence.denied(BOB, NOON, "disable", DENIED, "digest", request),
        evidence.refused(BOB, NOON, "confirm", PROBLEM, request),
        evidence.refusals_counted(BOB, NOON, NOON, 3),
        evidence.frozen("root@host", NOON, "audit"),
        evidence.unfrozen("root@host", NOON),
        evidence.trimmed("root@host", NOON, 4, "a" * 64, 4),
        *(evidence.by_person(request, tag, BOB, NOON, votes=1, quorum=2) for tag in MOVES),
        evidence.shown(replace(request, state=S.PREVIEWED), NOON, "digest"),
        evidence.shown(replace(request, state=S.AWAITING_APPROVAL), NOON, "digest"),
        evidence.lapsed(request, NOON, ["U0BOB"]),
        evidence.came_to_nothing(replace(request, closing=PROBLEM), NOON),
        *(evidence.closed(each, NOON) for each in closed),
        evidence.interrupted(request, NOON),
        *evidence.found_later(request, request.with_targets(*active), NOON),
        *evidence.found_later(request, request.with_targets(*gone), NOON),
        *(
            evidence.progress(request, replace(target, state=state), NOON)
            for target in request.targets
            for state in outcomes
        ),
        *about_a_leak(request),
    ]


def about_a_leak(request: ChangeRequest) -> list[AuditEvent]:
    """Make an event of each kind about a leaked secret."""
    probe = Probe(ProbeVerdict.LIVE, NOON, None, "")
    target = Target("default", TOKEN_ID, DISABLE)
    looked = Looked("default", Search.COMPARED, probe, shown=3, matched=1)
    report = LeakReport(found_in="a gist", looked=(looked,))
    return [
        evidence.accepted(replace(request, leak=report)),
        evidence.identified(request, report, NOON),
        evidence.probed(request, Attempt("default", TOKEN_ID, probe), NOON),
        evidence.left_disabled(request, target, PROBLEM, NOON),
        evidence.concluded(request, report, NOON),
    ]


def test_there_is_a_function_for_every_event() -> None:
    """No tag without one, and no step that has no tag."""
    assert {event.tag for event in everything(change())} == set(EventTag)


SAMPLES = [
    change(),
    change(targets=TWO),
    change(targets=TWO, undo_of="0000AB", automatic=True),
    change(targets=(), selection=Selection("default", "alice", DISABLE)),
    change(replace(TWO[0], update=AuthorizationUpdate(description="new"))),
    done(timer=Timer(timedelta(hours=2)), reason="leaked"),
    change(approval=Approval("rule", ("U0BOB",), 1), retry_of="0000AB"),
    change(break_glass=BreakGlass("disabling needs an approval", ("U0BOB",))),
]


@pytest.mark.parametrize("request_", SAMPLES)
def test_there_is_a_sentence_for_every_event(request_: ChangeRequest) -> None:
    """About one token, several, or a user's; each begins with when, and who if anybody did it."""
    for event in everything(request_):
        message = history_message(History((ChainedEvent(1, event, "", ""),)))

        title, line = message.text.split("\n")
        who = f"<@{event.actor}>" if event.team else event.actor
        assert title == "History"
        assert line.startswith(f"2026-11-24 12:00:00 UTC: {_NOBODYS.get(event.tag, who)} ")
        assert "None" not in line
        assert "  " not in line


_NOBODYS = {
    EventTag.CHANGE_INTERRUPTED: "The change",
    EventTag.LEAK_IDENTIFIED: "The leaked token",
    EventTag.LEAK_PROBED: "The secret",
    EventTag.LEAK_LEFT_DISABLED: "Not the leaked token, and",
    EventTag.LEAK_CONCLUDED: "The leaked token",
}


@UNHURRIED
@given(REQUESTS)
def test_every_event_is_json_and_holds_no_secret(request_: ChangeRequest) -> None:
    """Plain values alone, so that the chain is the same wherever it is computed."""
    for event in everything(request_):
        assert _plain(dict(event.detail))
        assert "hooks.slack.com" not in str(event.detail)


def _plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and _plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(_plain(each) for each in value)
    return value is None or type(value) in {str, int, float, bool}


@pytest.mark.parametrize(
    ("request_", "place"),
    [
        (change(), ("default", TOKEN_ID)),
        (change(targets=TWO), (None, None)),
        (change(targets=(), selection=Selection("default", "alice", DISABLE)), (None, None)),
        (change(Target("", TOKEN_ID, DISABLE)), (None, TOKEN_ID)),
    ],
)
def test_an_event_of_one_token_is_found_with_it(
    request_: ChangeRequest, place: tuple[str | None, str | None]
) -> None:
    """Several have events of their own; an instance that is not known yet is none."""
    found = [
        evidence.accepted(request_),
        evidence.shown(replace(request_, state=S.PREVIEWED), NOON, "digest"),
        evidence.by_person(request_, EventTag.REQUEST_CONFIRMED, ALICE, NOON),
        evidence.closed(replace(request_, state=S.EXPIRED, closing=PROBLEM), NOON),
    ]

    assert {(event.instance, event.authorization_id) for event in found} == {place}
    assert {event.change_id for event in found} == {"7F3K2Q"}


def test_a_page_of_ids_is_not_kept_in_one_line() -> None:
    """Twenty are named; how many there are is said."""
    targets = tuple(Target("default", f"{n:016x}", DISABLE) for n in range(30))

    detail = evidence.accepted(change(targets=targets)).detail

    assert (detail["tokens"], detail["ids"]) == (30, [f"{n:016x}" for n in range(20)])


@pytest.mark.parametrize(
    ("updates", "said"),
    [
        ([DISABLE, DISABLE], {"status": "inactive"}),
        ([DISABLE, AuthorizationUpdate(description="new")], {}),
        ([AuthorizationUpdate(description="new")] * 2, {"description": "new"}),
    ],
)
def test_what_is_to_be_set_is_said_where_it_is_the_same_for_all(
    updates: list[AuthorizationUpdate], said: dict[str, str]
) -> None:
    """An undo of several may restore something else on each; their own events say what."""
    targets = tuple(Target("default", f"{n:016x}", each) for n, each in enumerate(updates))

    detail = evidence.accepted(change(targets=targets)).detail

    assert {key: detail[key] for key in ("status", "description") if key in detail} == said


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"reason": "leaked"}, {"reason": "leaked"}),
        ({"undo_of": "0000AB"}, {"undo_of": "0000AB", "asked": "undo"}),
        ({"retry_of": "0000AC"}, {"retry_of": "0000AC", "asked": "disable"}),
        ({"automatic": True}, {"automatic": True}),
        ({"timer": Timer(timedelta(hours=2))}, {"lasts": 7200.0}),
        ({"rule": "listed", "policy_digest": "abc"}, {"rule": "listed", "policy": "abc"}),
    ],
)
def test_what_was_asked_for_is_kept(fields: dict[str, Any], kept: dict[str, Any]) -> None:
    """With why, and by which policy."""
    detail = evidence.accepted(change(**fields)).detail

    assert {key: detail.get(key) for key in kept} == kept


@pytest.mark.parametrize(
    ("ask", "more"),
    [
        (Ask(ALICE, Origin("C0INCIDENTS"), "1", NOON), {}),
        (
            Ask(ALICE, Origin(""), "1", NOON, typed_by="cli:root"),
            {"typed_by": "cli:root"},
        ),
        (
            Ask(ALICE, Origin(""), "1", NOON, Standing(as_of=NOON - timedelta(seconds=90.9))),
            {"told_at": "2026-11-24T11:58:29+00:00", "told_seconds_ago": 90},
        ),
        # Two replicas' clocks may differ.
        (
            Ask(ALICE, Origin(""), "1", NOON, Standing(as_of=NOON + timedelta(seconds=3))),
            {"told_at": "2026-11-24T12:00:03+00:00", "told_seconds_ago": 0},
        ),
    ],
)
def test_what_was_typed_on_the_machine_says_so(ask: Ask, more: dict[str, Any]) -> None:
    """By whom, and how old what Slack had told of the person was, if it did not answer."""
    event = evidence.accepted(change())

    typed = evidence.typed(event, ask)

    assert typed == replace(event, detail={**event.detail, **more})


def test_what_a_stranger_hears_of_a_secret_is_kept_without_it() -> None:
    """Where and when InfluxDB refused it before this bot had seen to that."""
    lapse = Lapse("lab", Probe(ProbeVerdict.INACTIVE, NOON, "0c0c0c0c0c0c0002", "inactive"))

    event = evidence.lapse(change(), lapse, NOON + timedelta(seconds=1))

    assert event == AuditEvent(
        EventTag.LEAK_PROBED,
        NOON + timedelta(seconds=1),
        "U0ALICE",
        "T0HOME",
        change_id="7F3K2Q",
        instance="lab",
        detail={
            "after": {
                "verdict": "inactive",
                "at": "2026-11-24T12:00:00+00:00",
                "user_id": "0c0c0c0c0c0c0002",
                "detail": "inactive",
            }
        },
    )


RICH = change(
    replace(done().targets[0], problem=PROBLEM),
    reason="leaked",
    closing=PROBLEM,
    approval=Approval("disabling needs an approval", ("U0BOB",), 2),
    timer=Timer(timedelta(hours=2)),
    retry_of="0000AC",
    again_of="0000AD",
    leak_of="0000AE",
    automatic=True,
    break_glass=BreakGlass("disabling needs an approval", ("U0BOB",)),
    typed_by="cli:root",
    interrupted=2,
    rule="you are an operator",
    policy_digest="0123456789abcdef",
)
DEAD = Probe(ProbeVerdict.INACTIVE, NOON + timedelta(seconds=2), "0c0c0c0c0c0c0002", "inactive")
REPORT = LeakReport(
    found_in="a gist",
    unusual=True,
    fingerprint="fedcba9876543210",
    others=True,
    looked=(
        Looked(
            "default",
            Search.COMPARED,
            replace(DEAD, verdict=ProbeVerdict.LIVE),
            3,
            1,
            1,
            "It broke.",
        ),
    ),
    attempts=(Attempt("default", TOKEN_ID, DEAD),),
)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(RICH, id="all that can be said"),
        pytest.param(change(), id="a disable"),
        pytest.param(change(targets=TWO, undo_of="0000AB"), id="an undo of two"),
        pytest.param(
            change(targets=(), selection=Selection("default", "alice", DISABLE)), id="a user's"
        ),
    ],
)
def test_each_event_keeps_what_an_auditor_asks_for(
    request_: ChangeRequest, snapshot: SnapshotAssertion
) -> None:
    """Who, when, what, on what, and why; the same for ever, since the chain is made of it."""
    events = [
        *everything(request_),
        evidence.identified(request_, REPORT, NOON),
        evidence.probed(request_, REPORT.attempts[0], NOON),
        evidence.concluded(request_, REPORT, NOON),
        evidence.came_to_nothing(replace(request_, closing=None), NOON),
        evidence.closed(replace(request_, state=S.EXPIRED, closing=None), NOON),
        evidence.accepted(replace(request_, leak=REPORT)),
    ]

    assert [_written(event) for event in events] == snapshot


def _written(event: AuditEvent) -> str:
    said = (event.at.isoformat(), event.actor, event.team, event.change_id, event.instance)
    told = json.dumps(event.detail, sort_keys=True, ensure_ascii=False)
    return f"{event.tag.value} {said} {event.authorization_id} {told}"


def test_what_a_look_has_found_is_told_of_each_token() -> None:
    """And of no other; nobody who is known did it."""
    request = change(targets=TWO)
    gone = replace(TWO[1], gone_at=NOON)

    (event,) = evidence.found_later(request, request.with_targets(gone), NOON)

    assert event == AuditEvent(
        EventTag.DRIFT_GONE,
        NOON,
        "token-bot",
        "",
        change_id="7F3K2Q",
        instance="default",
        authorization_id=gone.authorization_id,
    )
