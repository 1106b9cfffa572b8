"""What somebody asks for, and what becomes a request of it."""

from dataclasses import replace
from datetime import timedelta

from bot.changes.asking import Ask, Received
from bot.changes.break_glass import BreakGlass
from bot.changes.people import Account, Standing
from bot.changes.request import ChangeRequest, Origin, Timer
from bot.changes.target import Selection, Target
from bot.changes.wish import Wish
from tests.changes.samples import ALICE, DISABLE, NOON, TOKEN_ID

ASK = Ask(ALICE, Origin("C0INCIDENTS"), "v0=abc", NOON, typed_by="cli:root", keeper="keeper 1")
TARGETS = (Target("default", TOKEN_ID, DISABLE),)


def test_what_is_asked_is_decided_once() -> None:
    """By what Slack says of the person meanwhile, as a delivery of its own."""
    member = Standing(Account.MEMBER)

    assert Received(ASK, "command", {}).by(member) == replace(
        ASK, delivery="v0=abc:decided", standing=member
    )


def test_an_order_becomes_a_request() -> None:
    """All that was said, by whom, where and when; nothing of it is decided yet."""
    selection = Selection("default", "alice", DISABLE)
    order = Wish(TARGETS, selection, "leaked", timedelta(hours=2), break_glass=True)

    draft = order.draft(ASK, undo_of="8G4L3R", retry_of="8G4L3S", again_of="8G4L3T")

    assert draft == ChangeRequest(
        id=draft.id,
        requester=ALICE,
        origin=Origin("C0INCIDENTS"),
        targets=TARGETS,
        reason="leaked",
        created_at=NOON,
        selection=selection,
        timer=Timer(timedelta(hours=2)),
        undo_of="8G4L3R",
        retry_of="8G4L3S",
        again_of="8G4L3T",
        typed_by="cli:root",
        keeper="keeper 1",
        break_glass=BreakGlass(),
        asked_with=ASK.delivery,
    )
    assert len(draft.id) == 6


def test_what_was_not_said_is_not_made_up() -> None:
    """No end, no haste, and nothing that it takes back."""
    draft = Wish(TARGETS).draft(replace(ASK, typed_by="", keeper=""))

    assert (draft.timer, draft.break_glass, draft.selection) == (None, None, None)
    assert (draft.undo_of, draft.retry_of, draft.again_of) == (None, None, None)
    assert (draft.reason, draft.typed_by, draft.keeper) == ("", "", "")


def test_each_request_has_an_id_of_its_own() -> None:
    """Six signs that can be read out on the telephone."""
    ids = {Wish(TARGETS).draft(ASK).id for _ in range(50)}

    assert len(ids) == 50
    assert not set("".join(ids)) - set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
