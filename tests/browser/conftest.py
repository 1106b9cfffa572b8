from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.cli.running_sandbox import Scene, running_sandbox, served_page
from tests.browser.chromium import executable
from tests.browser.screen import WITHIN_MS, Screen

expect.set_options(timeout=WITHIN_MS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A browser, one for all tests of this process."""
    path = executable()
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path)
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The page of a sandbox, one for all tests of a module; its ``SCENE`` says what it plays."""
    executable()
    scene: Scene = getattr(request.module, "SCENE", Scene())
    async with running_sandbox(scene) as running, served_page(running) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def screen(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> AsyncIterator[Screen]:
    """A page on a desktop, on which nothing may go wrong, nor be fetched from anywhere else.

    A module whose ``IS_INSPECTED`` is set brings scripts of its own onto the page, which otherwise
    runs none but those that it is served with.
    """
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900},
        bypass_csp=getattr(request.module, "IS_INSPECTED", False),
    )
    context.set_default_timeout(WITHIN_MS)
    shown = Screen(await context.new_page(), address)
    await shown.open()
    yield shown
    await context.close()
    assert shown.complaints == []
