"""The page says that the sandbox has ended, and goes on with one that is started again."""

import pytest
from playwright.async_api import Browser, expect

from bot.cli.running_sandbox import Scene, running_sandbox, served_page
from bot.sandbox import cast
from bot.sandbox.serving import listen_from
from tests.browser.screen import WITHIN_MS, Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_end_of_the_sandbox_is_told(browser: Browser) -> None:
    """Nobody has to press anything to see it, nor to go on once it is there again."""
    listener = listen_from(0)
    port = listener.getsockname()[1]
    context = await browser.new_context()
    context.set_default_timeout(WITHIN_MS)
    async with running_sandbox(Scene()) as running:
        async with served_page(running, listener) as address:
            screen = Screen(await context.new_page(), address)
            await screen.open()
            await expect(screen.page.get_by_text("Nothing was said here yet.")).to_be_visible()
        alert = screen.page.get_by_role("alert").filter(has_text="The sandbox does not answer.")
        await expect(alert).to_be_visible()
        running.slack.write(cast.BOB, cast.INCIDENTS, "Hello again")
        async with served_page(running, listen_from(port)):
            await expect(screen.message("Hello again")).to_be_visible()
            await expect(alert).to_have_count(0)
            await context.close()
