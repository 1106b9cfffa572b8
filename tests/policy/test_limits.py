"""``targets_per_person``: who changes many tokens in a short time needs an approver."""

from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    ALICE_ALL_ACCESS,
    CI_BACKUP,
    GRAFANA_DASHBOARDS,
    HOME_AUTOMATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import SIMPLE, shows, texts
from tests.world import World

THREE = f"""{SIMPLE}
[limits]
targets_per_person = 3
"""
IDS = (
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
    GRAFANA_DASHBOARDS,
    HOME_AUTOMATION,
    CI_BACKUP,
    ALICE_ALL_ACCESS,
)


@pytest.fixture
async def limited(idle_world: World) -> World:
    """The bot where one person may change three tokens in ten minutes."""
    await idle_world.start(policy=THREE)
    return idle_world


async def asks_an_approver(here: World) -> None:
    """Wait until the newest message of the channel asks for an approval, by this rule."""
    message = await shows(here, "changing more than 3 tokens within 10 minutes".capitalize())
    assert texts(message)[:2] == ["Approve", "Deny"]


async def test_one_after_the_other(limited: World) -> None:
    """Three go, the fourth asks for an approver, and goes when one agrees."""
    for each in IDS[:4]:
        await limited.say(f"disable {each}")

    assert len(limited.patches()) == 3
    assert "needs an approval" in limited.last()
    await asks_an_approver(limited)
    await limited.press(limited.channel()[-1], "Approve", user=cast.BOB)
    assert len(limited.patches()) == 4


async def test_all_at_once(limited: World) -> None:
    """Four in one request ask as well."""
    await limited.say(f"disable {' '.join(IDS[:4])}")

    await limited.press(limited.channel()[0], "Confirm")

    await asks_an_approver(limited)
    assert limited.patches() == []


async def test_split_into_previews(limited: World) -> None:
    """Two previews of two, confirmed one after the other: the second asks."""
    await limited.say(f"disable {IDS[0]} {IDS[1]}")
    await limited.say(f"disable {IDS[2]} {IDS[3]}")
    first, second = limited.channel()

    await limited.press(second, "Confirm")
    await limited.press(first, "Confirm")

    assert len(limited.patches()) == 2
    assert "Approval needed" in second.plain


async def test_its_own_undo_counts(limited: World) -> None:
    """Disable, undo, disable again: the fourth change asks, whatever it is."""
    await limited.say(f"disable {IDS[0]}")
    await limited.say("undo")
    await limited.say(f"disable {IDS[0]}")

    await limited.say("undo")

    assert len(limited.patches()) == 3
    await asks_an_approver(limited)


async def test_a_users_tokens_are_counted_when_they_are_known(limited: World) -> None:
    """``--user`` counts for as many tokens as the user has."""
    await limited.say(f"disable {IDS[2]}")
    await limited.say(f"disable {IDS[3]}")
    await limited.say("disable --user telegraf")

    await limited.press(limited.channel()[-1], "Confirm")

    assert len(limited.patches()) == 2
    await asks_an_approver(limited)


async def test_dry_runs_and_refusals_do_not_count(limited: World) -> None:
    """What stores no change uses nothing up."""
    for _ in range(5):
        await limited.say(f"disable {IDS[0]} --dry-run")
        await limited.say("undo")

    await limited.say(f"disable {IDS[0]}")

    assert len(limited.patches()) == 1


async def test_cancelled_requests_do_not_count(limited: World) -> None:
    """Nor does what was cancelled before anything was sent."""
    for _ in range(3):
        await limited.say(f"disable {IDS[0]} {IDS[1]}")
        await limited.press(limited.channel()[-1], "Cancel")

    await limited.say(f"disable {IDS[0]}")

    assert len(limited.patches()) == 1


async def test_ten_minutes_later(limited: World) -> None:
    """The count is of the last ten minutes."""
    for each in IDS[:3]:
        await limited.say(f"disable {each}")
    limited.now.advance(timedelta(minutes=10))

    await limited.say(f"disable {IDS[3]}")

    assert len(limited.patches()) == 4


async def test_each_person_has_their_own(limited: World) -> None:
    """Somebody else's changes do not count."""
    for each in IDS[:3]:
        await limited.say(f"disable {each}")

    await limited.say(f"disable {IDS[3]}", user=cast.BOB)

    assert len(limited.patches()) == 4


async def test_what_needs_nothing_counts_as_well(limited: World) -> None:
    """Tokens that were so already were asked for, and count: no probing without end."""
    for _ in range(3):
        await limited.say(f"disable {INACTIVE_LOAD_TEST}")

    await limited.say(f"disable {IDS[0]}")

    await asks_an_approver(limited)


async def test_its_own_approval_does_not_lift_it(limited: World) -> None:
    """An approver above the limit needs another approver."""
    for each in IDS[:4]:
        await limited.say(f"disable {each}", user=cast.BOB)
    message = limited.channel()[-1]

    await limited.press(message, "Approve", user=cast.BOB)

    assert "you asked for this change yourself" in limited.last(cast.BOB)
    assert len(limited.patches()) == 3
