"""The record's anchor, as the feed keeps it."""

from syrupy.assertion import SnapshotAssertion

from bot.audit_verifier.verify_record import anchors_in
from bot.changes.anchor import Anchor
from bot.slack.blocks.anchor import anchor_message
from tests.slack.blocks.samples import NOW, drawn

ANCHOR = Anchor(1042, "3f9a" * 16, NOW)


def test_an_anchor(snapshot: SnapshotAssertion) -> None:
    """What it is, as of when, and the command that says whether it still holds."""
    message = anchor_message(ANCHOR)

    assert drawn(message) == snapshot
    assert anchors_in(message.text) == [(1042, "3f9a" * 16)]
