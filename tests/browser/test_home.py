"""The app's Home in a real browser."""

import pytest
from playwright.async_api import expect

from tests.browser.screen import Screen

EDGE_43 = "0fd43095c6003000"
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_token_is_disabled_and_enabled_from_home(screen: Screen) -> None:
    """Search finds it; the form takes the reason; the page shows what InfluxDB has."""
    await screen.open(place="app")
    await screen.page.get_by_role("tab", name="Home").click()
    home = screen.page.get_by_role("tabpanel", name="Home")
    search = home.get_by_role("textbox", name="Search")
    await search.fill("edge-43")
    await search.press("Enter")
    await expect(home).to_contain_text("1 token")

    await screen.button(f"Disable token {EDGE_43}", home).click()
    await screen.modal.get_by_role("textbox").first.fill("stolen machine")
    await screen.button("Disable", screen.modal).click()
    enable = screen.button(f"Enable token {EDGE_43}", home)
    await expect(enable).to_be_visible()
    await expect(screen.token(EDGE_43)).to_contain_text("inactive")

    await enable.click()
    await expect(screen.button(f"Disable token {EDGE_43}", home)).to_be_visible()
    await expect(screen.token(EDGE_43)).not_to_contain_text("inactive")
