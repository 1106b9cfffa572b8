"""How the record is chained."""

from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audit_verifier.verify_record import event_hash
from bot.changes.audit import GENESIS, AuditEvent, ChainedEvent, EventTag, chain
from tests.audit.chains import as_exported, written
from tests.changes.any_event import EVENTS
from tests.changes.samples import NOON, UNHURRIED
from tests.documents.pages import blocks

EVENT = AuditEvent(
    *(EventTag.CHANGE_DONE, NOON, "U0ALICE", "T0HOME", "7F3K2Q", "default"), detail={"a": 1, "b": 2}
)


@UNHURRIED
@given(st.lists(EVENTS, max_size=6))
def test_the_verifier_has_the_same_rule(events: list[AuditEvent]) -> None:
    """The stand-alone verifier, which shares no code with it, hashes every event alike."""
    links = written(events)

    assert [event_hash(as_exported(link)) for link in links] == [link.hash for link in links]


def test_the_rule_is_the_one_in_the_documents() -> None:
    """What docs/security.md gives an auditor to write their own hashes as the bot does."""
    (block,) = blocks("docs/security.md", "python")
    given: dict[str, Any] = {}
    exec(block.text, given)  # noqa: S102 - it is what a page says, and to be tried
    event = replace(EVENT, detail={"b": [{"z": 0.1, "a": None}], "a": "Ärger \u202e"})
    link = chain(event, 7, GENESIS)

    assert given["event_hash"](as_exported(link)) == link.hash


@pytest.mark.parametrize(
    "change",
    [
        {"tag": EventTag.CHANGE_FAILED},
        {"at": NOON + timedelta(microseconds=1)},
        {"actor": "U0EVE"},
        {"team": "T0EVE"},
        {"change_id": None},
        {"instance": "other"},
        {"authorization_id": "0d0d0d0d0d0d0003"},
        {"detail": {}},
        {"detail": {"a": 2, "b": 2}},
        {"detail": {"a": 1, "b": 2, "c": None}},
    ],
    ids=str,
)
def test_whatever_is_changed_changes_the_hash(change: dict[str, Any]) -> None:
    """Each part of an event is in it, and so are its number and the hash before."""
    original = chain(EVENT, 2, GENESIS).hash

    assert chain(replace(EVENT, **change), 2, GENESIS).hash != original
    assert chain(EVENT, 3, GENESIS).hash != original
    assert chain(EVENT, 2, "1" * 64).hash != original


def test_the_hash_is_of_the_moment_and_not_of_its_zone() -> None:
    """A database gives moments back in UTC, whatever zone they came with."""
    elsewhere = replace(EVENT, at=NOON.astimezone(timezone(timedelta(hours=9))))

    assert chain(EVENT, 1, GENESIS).hash == chain(elsewhere, 1, GENESIS).hash


def test_the_hash_does_not_depend_on_the_order_of_the_detail() -> None:
    """JSON columns give members back in an order of their own."""
    other = replace(EVENT, detail={"b": 2, "a": 1})

    assert chain(EVENT, 1, GENESIS).hash == chain(other, 1, GENESIS).hash


def test_the_chain_is_the_same_in_every_version() -> None:
    """What is hashed is written down here, sign by sign: others compute it too, and much later."""
    event = AuditEvent(
        EventTag.CHANGE_DONE,
        NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
        "U0ALICE",
        "T0HOME",
        "7F3K2Q",
        "default",
        "0d0d0d0d0d0d0003",
        {"reason": "Kündigung", "after": {"status": "inactive"}},
    )
    hashed = (
        '{"actor":"U0ALICE","at":"2026-11-24T12:00:00.000000+00:00",'
        '"authorization":"0d0d0d0d0d0d0003","change":"7F3K2Q",'
        '"detail":{"after":{"status":"inactive"},"reason":"K\\u00fcndigung"},'
        f'"instance":"default","previous":"{GENESIS}","sequence":7,"tag":"change.done",'
        '"team":"T0HOME"}'
    )

    assert chain(event, 7, GENESIS) == ChainedEvent(
        7, event, GENESIS, sha256(hashed.encode("ascii")).hexdigest()
    )
