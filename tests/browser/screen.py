"""The sandbox's page as somebody sees and uses it: by roles and names alone."""

from playwright.async_api import ConsoleMessage, Error, Locator, Page, Request

from bot.sandbox import cast

WITHIN_MS = 20_000


class Screen:
    """A page in a browser, and what went wrong in it.

    Args:
        page: The browser's.
        address: Where the sandbox is.

    Attributes:
        complaints: What the console said, and what was asked of anywhere else.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._address = address
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)
        page.on("request", self._on_request)

    async def open(self, user: str = cast.ALICE, place: str = cast.INCIDENTS) -> None:
        """Go where somebody is."""
        await self.page.goto(f"{self._address}/{user}/{place}")

    async def be(self, name: str) -> None:
        """Go on as somebody else."""
        await (
            self.page.get_by_role("navigation", name="Who you are")
            .get_by_role("link", name=name)
            .click()
        )
        await self.page.wait_for_url(f"**/U0{name.upper()}/**")

    async def say(self, text: str) -> None:
        """Type something, and send it."""
        field = self.page.get_by_role("textbox", name="Message")
        await field.fill(text)
        await field.press("Enter")

    @property
    def log(self) -> Locator:
        """What was said in the place that is shown."""
        return self.page.get_by_role("log")

    @property
    def modal(self) -> Locator:
        """The modal in front."""
        return self.page.get_by_role("dialog")

    def message(self, text: str) -> Locator:
        """The newest message with a text in it."""
        return self.log.get_by_role("article").filter(has_text=text).last

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """The button of a name."""
        return (within or self.page).get_by_role("button", name=name)

    def token(self, text: str) -> Locator:
        """A token in InfluxDB's panel, by what stands in its line."""
        tokens = self.page.get_by_role("region", name="API tokens")
        return tokens.get_by_role("listitem").filter(has_text=text)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def _on_error(self, error: Error) -> None:
        self.complaints.append(f"error: {error}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(f"{self._address}/"):
            self.complaints.append(f"request: {request.url}")
