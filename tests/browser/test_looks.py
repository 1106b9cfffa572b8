"""Everybody can read and use the page: on a narrow screen, in the dark, with a screen reader."""

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import expect

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.browser.screen import Screen

IS_INSPECTED = True
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def flaws(screen: Screen) -> str:
    """Tell what axe finds wrong: names, roles and landmarks, and contrast by day and by night."""
    found = await Axe().run(screen.page)
    await screen.page.emulate_media(color_scheme="dark")
    dark = await Axe().run(screen.page, options={"runOnly": ["color-contrast"]})
    await screen.page.emulate_media(color_scheme="light")
    return "\n".join(
        f"{flaw['id']}: {node['html']} {node['failureSummary']}"
        for flaw in (*found.response["violations"], *dark.response["violations"])
        for node in flaw["nodes"]
    )


async def test_nothing_is_hard_to_read(screen: Screen) -> None:
    """Channel, form and Home have names for everything, and contrast."""
    await screen.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await screen.say(f"/token show {TELEGRAF_EDGE_42}")
    await expect(screen.message("telegraf on edge-42")).to_be_visible()
    await screen.say("/token list telegraf")
    await expect(screen.message("tokens")).to_be_visible()
    assert await flaws(screen) == ""

    await screen.say("/token leak")
    await expect(screen.modal).to_be_visible()
    await screen.button("Find and disable it", screen.modal).click()
    assert await flaws(screen) == ""
    await screen.button("Cancel", screen.modal).click()

    await screen.open(place="app/home")
    await expect(screen.page.get_by_role("tabpanel")).to_contain_text("39 tokens")
    assert await flaws(screen) == ""


async def test_on_a_phone(screen: Screen) -> None:
    """One pane is shown at a time, and nothing is wider than the screen."""
    await screen.page.set_viewport_size({"width": 390, "height": 844})
    await screen.say(f"/token disable {TELEGRAF_EDGE_42}")
    outcome = screen.message("Token disabled · telegraf on edge-42")
    await expect(outcome).to_be_visible()
    panes = screen.page.get_by_role("navigation", name="Panes")
    await screen.button("InfluxDB", panes).click()
    await expect(screen.token(TELEGRAF_EDGE_42)).to_contain_text("inactive")
    await expect(outcome).not_to_be_visible()
    await screen.button("Channels", panes).click()
    await screen.be("bob")
    await screen.button("Undo", outcome).click()
    await expect(screen.message("Undone by @bob")).to_be_visible()

    for place in (cast.INCIDENTS, "app/home"):
        await screen.open(place=place)
        wider = "document.documentElement.scrollWidth - window.innerWidth"
        assert await screen.page.evaluate(wider) == 0
