"""Take the documents' pictures of the page: `make screenshots`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Final, Literal

from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from bot.cli.running_sandbox import Scene, running_sandbox, served_page
from bot.sandbox import cast
from bot.sandbox.influxdb.grown_organisation import LEAKED_DESCRIPTION, LEAKED_TOKEN
from bot.telemetry.logs import configure_logs
from tests.browser.chromium import executable
from tests.browser.screen import Screen

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images"
_BEGIN: Final = datetime(2026, 3, 9, 14, 3, 7, tzinfo=UTC)
_DESKTOP: Final[ViewportSize] = {"width": 1440, "height": 900}
_PHONE: Final[ViewportSize] = {"width": 390, "height": 844}


@dataclass(frozen=True)
class _Look:
    """How a picture is taken, and what its name ends with."""

    name: str
    viewport: ViewportSize
    colours: Literal["light", "dark"]


_EVERY_LOOK: Final = (
    _Look("", _DESKTOP, "light"),
    _Look("-phone-dark", _PHONE, "dark"),
    _Look("-dark", _DESKTOP, "dark"),
    _Look("-phone", _PHONE, "light"),
)
_ENOUGH: Final = _EVERY_LOOK[:2]


class _Clock:
    """A clock that begins at the same moment each time, and can be put forward."""

    def __init__(self) -> None:
        self.put(0)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self._from + timedelta(seconds=monotonic() - self._since)

    def put(self, seconds: int) -> None:
        """Have it be so many seconds after the beginning."""
        self._from = _BEGIN + timedelta(seconds=seconds)
        self._since = monotonic()


async def disable(screen: Screen, clock: _Clock) -> None:
    """Have a token disabled, which can be undone."""
    await screen.say("/token list edge-17")
    await screen.button("Show", screen.message(LEAKED_DESCRIPTION)).click()
    await expect(screen.message("write bucket metrics")).to_be_visible()
    clock.put(40)
    await screen.say("/token disable 0e85af97ed803000 --reason pasted in a gist")
    await expect(screen.message("Token disabled")).to_be_visible()


async def approval(screen: Screen, clock: _Clock) -> None:
    """Have an approver see what waits for them."""
    await screen.say("/token disable --user flux-tasks --reason moving to the new cluster")
    confirm = screen.button("Confirm", screen.message("3 tokens"))
    await expect(confirm).to_be_visible()
    clock.put(45)
    await confirm.click()
    await expect(screen.message("Approval needed")).to_be_visible()
    await screen.open(cast.CAROL)
    await expect(screen.button("Approve")).to_be_visible()


async def leak(screen: Screen, clock: _Clock) -> None:
    """Have a leaked token proven dead."""
    await screen.say("/token leak")
    await screen.modal.get_by_role("textbox", name="The leaked token").fill(LEAKED_TOKEN)
    await screen.modal.get_by_role("textbox", name="Where it was found").fill("a gist")
    clock.put(30)
    await screen.button("Find and disable it", screen.modal).click()
    await expect(screen.message("proven dead").get_by_role("link", name="repl")).to_be_visible()


async def home(screen: Screen, clock: _Clock) -> None:
    """Have Home show who may do what with which token."""
    clock.put(5)
    await screen.open(place="app/home")
    await expect(screen.page.get_by_role("tabpanel")).to_contain_text("39 tokens")


async def refusal(screen: Screen, clock: _Clock) -> None:
    """Have somebody without a role refused."""
    await screen.open(cast.MALLORY)
    clock.put(5)
    await screen.say("/token disable 0e85af97ed803000")
    await expect(screen.message("Not allowed")).to_be_visible()


async def report(screen: Screen, clock: _Clock) -> None:
    """Have the form for a leaked token find fault."""
    clock.put(5)
    await screen.say("/token leak")
    await screen.modal.get_by_role("textbox", name="Where it was found").fill("a gist")
    await screen.button("Find and disable it", screen.modal).click()


_Moment = Callable[[Screen, _Clock], Awaitable[None]]
_PICTURES: Final[Mapping[_Moment, Sequence[_Look]]] = MappingProxyType(
    {
        disable: _EVERY_LOOK,
        approval: _ENOUGH,
        leak: _ENOUGH,
        report: _ENOUGH,
        home: _ENOUGH,
        refusal: _ENOUGH,
    }
)


async def _take(browser: Browser, moment: _Moment, look: _Look) -> Path:
    """Take one picture, in a sandbox of its own."""
    clock = _Clock()
    path = FOLDER / f"{moment.__name__}{look.name}.png"
    async with (
        running_sandbox(Scene(clock=clock)) as running,
        served_page(running) as address,
        await browser.new_context(
            viewport=look.viewport, color_scheme=look.colours, reduced_motion="reduce"
        ) as context,
    ):
        screen = Screen(await context.new_page(), address)
        await screen.open()
        await moment(screen, clock)
        await running.bot.settled()
        await screen.page.mouse.move(0, 0)
        await screen.page.screenshot(path=path, animations="disabled", caret="hide")
    return path


async def main() -> None:
    """Take every picture anew."""
    configure_logs("ERROR", "console")
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable())
        for moment, looks in _PICTURES.items():
            for look in looks:
                path = await _take(browser, moment, look)
                sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
