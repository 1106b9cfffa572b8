"""How forms are opened: within Slack's three seconds, once, and never silently not."""

from datetime import timedelta

import pytest

from bot.sandbox import cast
from tests.slack.listeners.asking import ENABLE, POLICY, asked
from tests.world import World


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, where enabling needs somebody of the security group."""
    await idle_world.start(policy=POLICY)
    return idle_world


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("expired_trigger_id", "Slack opens a form within three seconds, and the bot was slower."),
        ("trigger_expired", "Slack opens a form within three seconds, and the bot was slower."),
        ("fatal_error", "Slack did not open the form."),
        ("ratelimited", "Slack did not open the form."),
    ],
)
async def test_who_gets_no_form_learns_why(here: World, error: str, expected: str) -> None:
    """No dead button: it says that nothing was changed, and what to do."""
    message = await asked(here, ENABLE)
    here.slack.faults.add("views.open", error=error)

    await here.press(message, "Deny", user=cast.CAROL)

    assert f"{expected} Nothing was changed." in here.last(cast.CAROL)
    assert here.slack.open_view(cast.CAROL) is None


async def test_the_same_press_again_opens_nothing_and_says_nothing(here: World) -> None:
    """Slack lets a trigger open one form: the one that is there already stays as it is."""
    message = await asked(here, ENABLE)
    # So long after, nobody knows who Carol is: the form opens before she is decided about.
    here.now.advance(timedelta(minutes=20))
    delivery = await here.press(message, "Deny", user=cast.CAROL)
    view = here.slack.open_view(cast.CAROL)
    told = len(here.slack.ephemerals(cast.CAROL))

    again = await here.slack.replay(delivery)
    await here.settled()

    assert (again.status, again.body) == (200, "")
    assert view is not None
    assert here.slack.open_view(cast.CAROL) is view
    assert len(here.slack.ephemerals(cast.CAROL)) == told
