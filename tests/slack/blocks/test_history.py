"""The record, as sentences that a person scans."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.changes import evidence
from bot.changes.audit import AuditEvent, ChainedEvent, EventTag
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem
from bot.changes.people import Person
from bot.changes.queries import History
from bot.changes.states import TargetState
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.history import history_message
from tests.slack.blocks.samples import NOW, TOKEN, UPDATES, change, drawn, undo

ALICE = Person("U0ALICE", "T0HOME")
BOB = Person("U0BOB", "T0HOME")
NOT_LISTED = Denied("you are not in ALLOWED_USERS", "Ask.")
OUTCOMES = [s for s in TargetState if s is not TargetState.PENDING]


def _history(*events: AuditEvent, **given: object) -> History:
    links = (ChainedEvent(n, event, "", "") for n, event in enumerate(events, start=1))
    return History(tuple(links), **given)  # type: ignore[arg-type]  # its own fields


def _refused(asked: str, code: ErrorCode, *, somewhere: bool = True) -> AuditEvent:
    undone = change() if somewhere else None
    return evidence.refused(BOB, NOW, asked, Problem(code, "told"), undone)


def _denied(asked: str, *, somewhere: bool = False) -> AuditEvent:
    target = change().target if somewhere else None
    return evidence.denied(BOB, NOW, asked, NOT_LISTED, "digest", target)


def test_every_outcome_of_every_kind(snapshot: SnapshotAssertion) -> None:
    """A line each: when, who, what, with what result, why, under which id."""
    events = [
        evidence.progress(change(update, state, reason="pasted in a gist"), NOW)
        for update in UPDATES.values()
        for state in OUTCOMES
    ]

    assert drawn(history_message(_history(*events))) == snapshot


def test_every_other_event(snapshot: SnapshotAssertion) -> None:
    """Asked for, not allowed, refused, interrupted; undos name the change that they take back."""
    shown = (
        *(evidence.accepted(change(update, reason="why")) for update in UPDATES.values()),
        evidence.accepted(undo()),
        evidence.progress(undo(), NOW + timedelta(seconds=1)),
        evidence.progress(undo(TargetState.REFUSED), NOW),
        evidence.interrupted(change(interrupted=1), NOW),
        *(_denied(asked) for asked in ("disable", "list", "undo", "disable --dry-run")),
        _denied("describe", somewhere=True),
        _refused("undo", ErrorCode.ALREADY_UNDONE),
        _refused("undo", ErrorCode.UNDO_WINDOW_OVER),
        _refused("undo", ErrorCode.NOT_UNDOABLE),
        _refused("undo", ErrorCode.UNKNOWN_CHANGE, somewhere=False),
        _refused("command text", ErrorCode.LOOKS_LIKE_SECRET, somewhere=False),
        _refused("undo", ErrorCode.CHANGED_SINCE),
    )

    assert drawn(history_message(_history(*shown))) == snapshot


@pytest.mark.parametrize(
    "given", [{}, {"authorization_id": TOKEN.id}, {"actor": "U0ALICE"}, {"more": True}]
)
def test_titles_and_ends(given: Mapping[str, object], snapshot: SnapshotAssertion) -> None:
    """Of all, of one token, of one person; empty, and with more than is shown."""
    event = [evidence.accepted(change())] if "more" in given else []

    assert drawn(history_message(_history(*event, **given))) == snapshot


def test_the_longest_history_fits() -> None:
    """Fifteen events with everything at its longest fit into one message of Slack's."""
    long = "& <long>" * 1_000
    update = AuthorizationUpdate(description=long)
    problem = Problem(ErrorCode.FAULT, long)
    done = evidence.progress(change(update, reason=long), NOW)
    failed = evidence.progress(
        change(update, TargetState.FAILED, problem=problem, reason=long), NOW
    )

    for event in (done, failed, evidence.accepted(change(update, reason=long))):
        message = history_message(_history(*[event] * 15, more=True))

        assert block_kit.problems({"text": message.text, "blocks": message.blocks}) == []


def test_every_tag_has_a_sentence() -> None:
    """An event that is new to the record is not forgotten here."""
    for tag in EventTag:
        event = AuditEvent(tag, NOW, "U0ALICE", "T0HOME", authorization_id=TOKEN.id)

        assert TOKEN.id in history_message(_history(event)).text
