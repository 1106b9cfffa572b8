"""Take what Slack sends over sockets that the bot opens, so that nothing needs to reach the bot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import structlog
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.connection import (
    DROPPED,
    SILENT,
    SWITCHED_OFF,
    Connection,
    NotConnectedError,
    Pulse,
    in_words,
)
from bot.slack.envelopes import Envelope, Envelopes
from bot.slack.errors import HOPELESS, error_code, retry_after
from bot.slack.web import told
from bot.tasks import Tasks
from bot.telemetry.slack_metrics import SlackMetrics

_log = structlog.get_logger()
# Slack waits as long for an ack.
_ACK_SECONDS = 3.0
_METHOD: Final = "apps.connections.open"
_HOPELESS = HOPELESS | {"missing_scope", "team_disabled", "user_removed_from_team"}
# Why there is no connection, beside the reasons for which one ends; metrics name it so.
_REFUSED, _NOT_CONNECTED, _STUMBLED = "app_token_refused", "not_connected", "fault"
_AT_ONCE: Final = frozenset({DROPPED, SILENT, SWITCHED_OFF})


class BadAppTokenError(Exception):
    """Slack does not accept the app-level token; the text is Slack's word for why."""


@dataclass(frozen=True)
class SocketPace:
    """How connections follow one another; all in seconds.

    Attributes:
        pulse: How each is kept and watched.
        first_pause: Between a failure and the next try; it doubles.
        longest_pause: To which it grows. A connection that lasted as long is replaced at once.
        overlap: For which a connection that Slack is about to close is still listened to.
        patience: Without a connection, after which the bot is not ready.
        start: For which the start waits for Slack's answer.
    """

    pulse: Pulse = field(default_factory=Pulse)
    first_pause: float = 0.5
    longest_pause: float = 30.0
    overlap: float = 15.0
    patience: float = 10.0
    start: float = 3.0


class SocketMode:
    """Keep a connection to Slack, and hand on what comes over it.

    A connection that Slack is about to close is replaced before it ends. An ack goes out over the
    newest connection that takes it, whichever its envelope came over.

    Source: https://docs.slack.dev/apis/events-api/using-socket-mode

    Args:
        client: Slack's Web API, without a token.
        app_token: The app-level token.
        envelopes: Has each envelope carried out.
        pace: How connections follow one another.
        metrics: Count the connections.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        app_token: SecretStr,
        envelopes: Envelopes,
        pace: SocketPace,
        metrics: SlackMetrics,
    ) -> None:
        self._metrics = metrics
        self._client = client
        self._app_token = app_token
        self._envelopes = envelopes
        self._pace = pace
        self._handling, self._leaving = Tasks(), Tasks()
        self._connections: list[Connection] = []
        self._opened = asyncio.Event()  # another one for each connection
        self._tried = asyncio.Event()
        # Before the first connection there is nothing to be patient for.
        self._trouble_from: float | None = asyncio.get_running_loop().time()
        self._wrong = "Slack has not answered yet"

    @property
    def trouble(self) -> str | None:
        """Say why there is no connection, or None if there is one or was a moment ago."""
        now = asyncio.get_running_loop().time()
        if self._trouble_from is None or now < self._trouble_from:
            return None
        return f"no connection to Slack: {self._wrong}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take envelopes for as long as the context is open; then wait for the acks still due.

        Raises:
            BadAppTokenError: If Slack refuses the app-level token.
        """
        first: SecretStr | None = None
        try:
            first = await asyncio.wait_for(self._ticket(), self._pace.start)
        except (NotConnectedError, TimeoutError) as error:
            self._note(str(error) or f"{_METHOD}: {type(error).__name__}", _log.warning)
        keeping = asyncio.create_task(self._keep_connected(first), name="socket mode")
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._tried.wait(), self._pace.start)
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._handling.idle(), _ACK_SECONDS)
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await asyncio.gather(*(connection.close() for connection in self._connections))
            await self._leaving.drain(2 * self._pace.pulse.closing)
            await self._handling.drain(0)

    async def _keep_connected(self, ticket: SecretStr | None) -> None:
        pause = self._pace.first_pause
        while True:
            lasted = wait = 0.0
            try:
                lasted = await self._one_connection(ticket or await self._ticket())
            except BadAppTokenError as error:
                self._note(f"Slack refuses SLACK_APP_TOKEN: {error}", _log.error)
                self._metrics.connection_ended(_REFUSED)
                wait = self._pace.longest_pause
            except NotConnectedError as error:
                self._note(str(error), _log.warning)
                self._metrics.connection_ended(_NOT_CONNECTED)
                wait = error.retry_after or 0.0
            except Exception as error:  # noqa: BLE001 - whatever it was, the bot must not stay deaf
                # The text of it might hold the ticket.
                self._note(f"the bot itself stumbled: {type(error).__name__}", _log.error)
                self._metrics.connection_ended(_STUMBLED)
            ticket = None
            if lasted >= self._pace.longest_pause:
                pause = self._pace.first_pause
                continue
            await asyncio.sleep(max(wait, pause))
            pause = min(2 * pause, self._pace.longest_pause)

    async def _one_connection(self, ticket: SecretStr) -> float:
        """Connect, and wait until another connection is needed; give the seconds that it lasted."""
        connection = Connection(ticket, self._client, self._pace.pulse, self._take)
        try:
            await connection.connect()
        except BaseException:
            await connection.close()
            raise
        began = asyncio.get_running_loop().time()
        self._connections.append(connection)
        self._metrics.connected(len(self._connections))
        self._trouble_from = None
        opened, self._opened = self._opened, asyncio.Event()
        opened.set()
        self._tried.set()
        _log.info("connected to Slack")
        reason = await connection.end()
        ended = asyncio.get_running_loop().time()
        self._metrics.connection_ended(reason)
        self._leaving.spawn(self._leave(connection, reason), "farewell")
        self._trouble_from = ended + self._pace.patience
        self._note(in_words(reason), _log.warning if reason in _AT_ONCE else _log.info)
        return ended - began

    async def _leave(self, connection: Connection, reason: str) -> None:
        if reason not in _AT_ONCE:
            # Until it is closed, Slack may still send over it.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(connection.gone(), self._pace.overlap)
        self._connections.remove(connection)
        self._metrics.connected(len(self._connections))
        await connection.close()

    async def _ticket(self) -> SecretStr:
        """Ask for the address of a connection, with a ticket in it that is good for one try.

        Source: https://docs.slack.dev/reference/methods/apps.connections.open
        """
        try:
            answer = await self._client.apps_connections_open(
                app_token=self._app_token.get_secret_value()
            )
            return SecretStr(told(answer, "url"))
        except SlackApiError as error:
            code = error_code(error)
            if code in _HOPELESS:
                raise BadAppTokenError(code) from None
            raise NotConnectedError(f"{_METHOD}: {code}", retry_after(error)) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotConnectedError(f"{_METHOD}: {type(error).__name__}") from None

    def _take(self, envelope: Envelope) -> None:
        self._handling.spawn(self._handle(envelope), "envelope")

    async def _handle(self, envelope: Envelope) -> None:
        ack = await self._envelopes.ack_of(envelope)
        try:
            async with asyncio.timeout(_ACK_SECONDS):
                await self._acknowledge(ack)
        except TimeoutError:
            _log.warning("an ack did not reach Slack")

    async def _acknowledge(self, ack: Mapping[str, Any]) -> None:
        """Send an ack over the newest connection that takes it, once there is one."""
        while True:
            opened = self._opened
            for connection in self._connections[::-1]:
                if await connection.acknowledge(ack):
                    return
            await opened.wait()

    def _note(self, wrong: str, log: Callable[..., None]) -> None:
        """Log why there is to be another connection, and keep it for whoever asks."""
        self._wrong = wrong
        self._tried.set()
        log("connecting to Slack", reason=wrong)
