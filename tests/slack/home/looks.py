"""How people open Home and do something there, and what they then see."""

from typing import Any

from bot.sandbox import cast
from bot.sandbox.slack.homes import HomeView
from tests.world import World


async def opened(here: World, user: str = cast.ALICE) -> HomeView:
    """Have somebody open Home, and give it once everything is there."""
    await here.slack.open_home(user)
    await here.settled()
    return seen(here, user)


async def entered(here: World, name: str, text: str, user: str = cast.ALICE) -> HomeView:
    """Have somebody type or choose something in Home."""
    delivery = await here.slack.enter_in_home(user, name, text)
    assert (delivery.status, delivery.body) == (200, "")
    await here.settled()
    return seen(here, user)


async def pressed(here: World, text: str, user: str = cast.ALICE, **more: Any) -> HomeView:
    """Have somebody press a button in Home."""
    delivery = await here.slack.press_in_home(user, text, **more)
    assert (delivery.status, delivery.body) == (200, "")
    await here.settled()
    return seen(here, user)


def seen(here: World, user: str = cast.ALICE) -> HomeView:
    """Give what somebody has in their Home."""
    view = here.slack.home(user)
    assert view is not None
    return view


def texts(view: HomeView) -> list[str]:
    """Give the texts of the buttons in Home, those of its filters left out."""
    return [each.text for each in view.buttons if each.text not in {"Clear", "Refresh"}]


def names(view: HomeView) -> list[str]:
    """Give the names of the tokens that are listed, in order."""
    lines = view.plain.split("\n")
    return [
        lines[place - 1]
        for place, line in enumerate(lines)
        if line.startswith(("Active · ", "Inactive · "))
    ]
