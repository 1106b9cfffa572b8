"""The forms about one token, as Slack is given them."""

from dataclasses import replace
from typing import Any

from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.slack.blocks.describing import describing_view
from bot.slack.blocks.disabling import disabling_view
from bot.slack.blocks.modal import loading_view
from tests.slack.blocks.samples import TOKEN

HOSTILE = "<!channel> *all* :tada: \u202e" + "x" * 500


def _fits(view: dict[str, Any]) -> dict[str, Any]:
    assert block_kit.problems(view, block_kit.Surface.MODAL) == []
    return view


def test_the_form_for_a_description(snapshot: SnapshotAssertion) -> None:
    """Which token it is, whose, and its description as it stands, to be edited."""
    assert _fits(describing_view("prod", TOKEN)) == snapshot


def test_the_form_for_a_hostile_description(snapshot: SnapshotAssertion) -> None:
    """What stands above the field is cut to a line, and nothing anywhere is markup."""
    token = replace(TOKEN, description=HOSTILE, user=HOSTILE, org=HOSTILE)

    assert _fits(describing_view("prod", token)) == snapshot


def test_the_form_for_a_reason(snapshot: SnapshotAssertion) -> None:
    """Which token it is, what disabling does, and a reason that may stay empty."""
    assert _fits(disabling_view("prod", TOKEN.id)) == snapshot


def test_a_name_that_is_none_fits_all_the_same() -> None:
    """What a stale button names is cut, not refused by Slack."""
    _fits(disabling_view("x" * 2_000, "y" * 2_000))


def test_the_view_that_comes_first(snapshot: SnapshotAssertion) -> None:
    """It says that it is being read, and has nothing to submit."""
    assert _fits(loading_view("Edit description")) == snapshot
