"""The record, as sentences that a person scans."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.changes import evidence
from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem
from bot.changes.record_queries import History
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import ActiveAgain
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.history import history_message
from tests.slack.blocks.samples import (
    ALICE,
    BOB,
    CAROL,
    NOW,
    TOKEN,
    UPDATES,
    approval,
    change,
    checked,
    drawn,
    read,
    selection,
    several,
    target,
    timer,
    to_come,
    undo,
    waiting,
)

NOT_LISTED = Denied("you are not in ALLOWED_USERS", "Ask.")
OUTCOMES = [s for s in TargetState if s is not TargetState.PENDING]


def _history(*events: AuditEvent, **given: object) -> History:
    links = (ChainedEvent(n, event, "", "") for n, event in enumerate(events, start=1))
    return History(tuple(links), **given)  # type: ignore[arg-type]  # its own fields


def _progress(request: ChangeRequest, at: datetime = NOW) -> AuditEvent:
    return evidence.progress(request, request.targets[0], at)


def _refused(asked: str, code: ErrorCode, *, somewhere: bool = True) -> AuditEvent:
    undone = change() if somewhere else None
    return evidence.refused(BOB, NOW, asked, Problem(code, "told"), undone)


def _denied(asked: str, *, somewhere: bool = False) -> AuditEvent:
    about = change().targets[0] if somewhere else None
    return evidence.denied(BOB, NOW, asked, NOT_LISTED, "digest", about)


@pytest.mark.parametrize("update", list(UPDATES))
def test_every_outcome_of_every_kind(update: str, snapshot: SnapshotAssertion) -> None:
    """A line each: when, who, what, with what result, why, under which id."""
    events = [
        _progress(change(UPDATES[update], state, reason="pasted in a gist")) for state in OUTCOMES
    ]

    assert drawn(history_message(_history(*events))) == snapshot


def test_every_other_event(snapshot: SnapshotAssertion) -> None:
    """Asked for, not allowed, refused, interrupted; undos name the change that they take back."""
    shown = (
        *(evidence.accepted(change(update, reason="why")) for update in UPDATES.values()),
        evidence.accepted(undo()),
        _progress(undo(), NOW + timedelta(seconds=1)),
        _progress(undo(TargetState.REFUSED)),
        evidence.interrupted(change(interrupted=1), NOW),
        evidence.interrupted(several(interrupted=1), NOW),
        *(_denied(asked) for asked in ("disable", "list", "undo", "disable --dry-run")),
        _denied("describe", somewhere=True),
        _refused("undo", ErrorCode.ALREADY_UNDONE),
        _refused("undo", ErrorCode.BEING_UNDONE),
        _refused("undo", ErrorCode.NOT_FINISHED),
        _refused("undo", ErrorCode.UNDO_WINDOW_OVER),
        _refused("undo", ErrorCode.NOT_UNDOABLE),
        _refused("undo", ErrorCode.UNKNOWN_CHANGE, somewhere=False),
        _refused("command text", ErrorCode.LOOKS_LIKE_SECRET, somewhere=False),
        _refused("undo", ErrorCode.CHANGED_SINCE),
    )

    assert drawn(history_message(_history(*shown))) == snapshot


def test_a_change_that_is_not_over_says_what_it_waits_for(snapshot: SnapshotAssertion) -> None:
    """Above what was done so far."""
    history = _history(evidence.accepted(ONE), change_id=ONE.id, unfinished=ONE)

    assert read(history_message(history)) == snapshot


ONE = waiting(
    to_come(UPDATES["enable"]), state=RequestState.AWAITING_APPROVAL, approval=approval(quorum=2)
)
SEVERAL = waiting(reason="pasted in a gist")
OF_A_USER = several(selection=selection(), closing=Problem(ErrorCode.NOTHING_SELECTED, "None."))
EXPIRED, VOIDED = RequestState.EXPIRED, RequestState.VOIDED


@pytest.mark.parametrize("told_of", [ONE, SEVERAL], ids=["one token", "several"])
def test_every_move(told_of: ChangeRequest, snapshot: SnapshotAssertion) -> None:
    """Shown, confirmed, voted on, lapsed, granted, denied, cancelled, expired, void, stopped."""

    def by(tag: EventTag, **detail: object) -> AuditEvent:
        return evidence.by_person(told_of, tag, BOB, NOW, **detail)

    moved = (
        evidence.accepted(told_of),
        evidence.shown(replace(told_of, state=RequestState.PREVIEWED), NOW, "digest"),
        evidence.shown(replace(told_of, state=RequestState.AWAITING_APPROVAL), NOW, "digest"),
        by(EventTag.REQUEST_CONFIRMED),
        by(EventTag.APPROVAL_VOTED, votes=1, quorum=2),
        evidence.lapsed(told_of, NOW, [BOB.user_id, CAROL.user_id]),
        by(EventTag.APPROVAL_GRANTED),
        by(EventTag.APPROVAL_DENIED, reason="the audit runs"),
        by(EventTag.REQUEST_CANCELLED),
        by(EventTag.TIMER_STOPPED),
        evidence.closed(replace(told_of, state=EXPIRED), NOW),
        evidence.closed(
            replace(told_of, state=VOIDED, closing=Problem(ErrorCode.APPROVAL_VOID, "Renamed.")),
            NOW,
        ),
    )

    assert read(history_message(_history(*moved))) == snapshot


def test_what_is_about_several(snapshot: SnapshotAssertion) -> None:
    """A user's tokens, a timer, a retry, an undo, an automatic end; and stops of all changes."""
    ended = undo(requester=ALICE, automatic=True)
    told = (
        evidence.accepted(OF_A_USER),
        evidence.came_to_nothing(OF_A_USER, NOW),
        evidence.accepted(change(timer=timer())),
        evidence.accepted(replace(SEVERAL, retry_of="5D2J1P")),
        evidence.accepted(replace(SEVERAL, undo_of="5D2J1P")),
        evidence.accepted(ended),
        _progress(ended),
        evidence.progress(SEVERAL, target(state=TargetState.CANCELLED, number=2), NOW),
        *(_refused(move, ErrorCode.ALREADY_DECIDED) for move in ("confirm", "approve", "deny")),
        _refused("confirm", ErrorCode.NOT_YOURS),
        _refused("approve", ErrorCode.EXPIRED),
        _refused("cancel", ErrorCode.NOT_CANCELLABLE),
        _refused("retry", ErrorCode.NOTHING_TO_RETRY),
        _refused("retry", ErrorCode.ALREADY_RETRIED),
        evidence.denied(BOB, NOW, "approve", NOT_LISTED, "digest", ONE),
    )

    assert read(history_message(_history(*told))) == snapshot


def test_the_watch(snapshot: SnapshotAssertion) -> None:
    """Active again, renamed or not, or gone; what was asked for against that, and too late."""
    told_of = change()
    found = (
        ActiveAgain(replace(TOKEN, updated_at=NOW), 0),
        ActiveAgain(replace(TOKEN, updated_at=None, description="renamed"), 0),
    )
    seen = [replace(told_of.targets[0], active_again=each) for each in found]
    seen.append(replace(told_of.targets[0], gone_at=NOW))
    told = (
        *(
            event
            for each in seen
            for event in evidence.found_later(told_of, told_of.with_targets(each), NOW)
        ),
        evidence.accepted(change(again_of="5D2J1P")),
        evidence.accepted(replace(SEVERAL, again_of="5D2J1P")),
        _refused("disable again", ErrorCode.ALREADY_DISABLED_AGAIN),
        _refused("disable again", ErrorCode.NOTHING_ACTIVE_AGAIN),
        _refused("disable again", ErrorCode.UNKNOWN_CHANGE, somewhere=False),
    )

    assert read(history_message(_history(*told))) == snapshot


@pytest.mark.parametrize("count", [1, 12])
def test_stops_and_counted_refusals(count: int, snapshot: SnapshotAssertion) -> None:
    """What was done on the command line, and how often somebody else was refused."""
    told = (
        evidence.frozen("root", NOW, "incident 7"),
        evidence.frozen("root", NOW, ""),
        evidence.unfrozen("root", NOW),
        evidence.refusals_counted(BOB, NOW, NOW, count),
    )

    assert read(history_message(_history(*told))) == snapshot


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"authorization_id": TOKEN.id},
        {"actor": "U0ALICE"},
        {"change_id": "7F3K2Q"},
        {"more": True},
    ],
)
def test_titles_and_ends(given: Mapping[str, object], snapshot: SnapshotAssertion) -> None:
    """Of all, of one token, of one person; empty, and with more than is shown."""
    event = [evidence.accepted(change())] if "more" in given else []

    assert drawn(history_message(_history(*event, **given))) == snapshot


def test_a_trimmed_record_says_where_it_begins(snapshot: SnapshotAssertion) -> None:
    """Nothing found is not nothing done: what was before is in a file that somebody keeps."""
    told = [
        history_message(_history(begins=NOW, authorization_id=TOKEN.id)),
        history_message(_history(evidence.trimmed("cli:root", NOW, 4, "a" * 64, 4), begins=NOW)),
        history_message(_history(evidence.unfrozen("cli:root", NOW), begins=NOW, more=True)),
    ]

    assert [drawn(each) for each in told] == snapshot


def test_the_longest_history_fits() -> None:
    """Fifteen events with everything at its longest fit into one message of Slack's."""
    long = "& <long>" * 1_000
    update = AuthorizationUpdate(description=long)
    problem = Problem(ErrorCode.FAULT, long)
    done = _progress(change(update, reason=long))
    failed = _progress(change(update, TargetState.FAILED, problem=problem, reason=long))

    for event in (done, failed, evidence.accepted(change(update, reason=long))):
        checked(history_message(_history(*[event] * 15, more=True)))


def test_every_tag_has_a_sentence() -> None:
    """An event that is new to the record is not forgotten here."""
    for tag in EventTag:
        event = AuditEvent(tag, NOW, "U0ALICE", "T0HOME", authorization_id=TOKEN.id)

        assert TOKEN.id in history_message(_history(event)).text
