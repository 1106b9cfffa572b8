import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import SecretStr

from bot.changes.authorization import Authorization
from bot.changes.lockout import OwnToken
from bot.changes.ports import Filter
from bot.changes.probe import Probe, Sighting
from bot.changes.update import AuthorizationUpdate
from bot.clock import system_clock
from bot.influxdb.address import address_of
from bot.influxdb.call import Call, Operation
from bot.influxdb.credential import Credential
from bot.influxdb.endpoints import Endpoints
from bot.influxdb.exchange import Exchanges
from bot.influxdb.failure import Failure
from bot.influxdb.leaked_tokens import LeakedTokens
from bot.influxdb.observing import Observer, Unobserved
from bot.influxdb.own_token import OwnTokenSearch, unless_denied
from bot.influxdb.respite import Respite
from bot.influxdb.retries import Retries, attempts
from bot.influxdb.transport import connect
from bot.influxdb.update import Update

T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{16}")
_USUAL_RETRIES = Retries()


class InfluxDBClient:
    """Reach the authorizations of one InfluxDB v2 instance; an ``Authorizations`` port.

    It opens connections as it needs them. Close it, or use it as an async context manager.

    Args:
        name: The instance's name in the configuration; errors speak of it.
        url: Where it is, ``http`` or ``https``, with a path if it is behind one. A user name and
            password in it are not sent: InfluxDB takes the API token alone.
        token: The API token that the bot uses there.
        own_authorization: The id of that token's authorization, where it is configured.
        ca_file: The certificates of the CAs to trust in place of the system's.
        timeout: Seconds for one request and its answer.
        retries: How hard to try where trying again may help.
        observer: Told of each request, and of what is tried again.
        clock: Tells the time.

    Raises:
        ValueError: If URL, token or id cannot be used; it is not repeated.
        OSError: If ``ca_file`` cannot be read or holds no certificates.
    """

    def __init__(  # noqa: PLR0913 - one for each setting of an instance, all named
        self,
        *,
        name: str,
        url: str,
        token: SecretStr,
        own_authorization: str | None = None,
        ca_file: Path | None = None,
        timeout: float = 10.0,
        retries: Retries = _USUAL_RETRIES,
        observer: Observer | None = None,
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        if own_authorization is not None and not _ID.fullmatch(own_authorization):
            # With an id that is none, every token would pass for not being the bot's own.
            raise ValueError("the id of an authorization is 16 lower-case hexadecimal digits")
        self._name = name
        self._retries = retries
        credential = Credential(token)
        address = address_of(url)
        self._http = httpx.AsyncClient(
            base_url=address,
            transport=connect(address, ca_file),
            trust_env=False,
            follow_redirects=False,
        )
        self._endpoints = Endpoints(name, credential)
        self._respite = Respite()
        self._observer = observer or Unobserved()
        self._exchanges = Exchanges(self._http, credential, timeout, self._observer, clock)
        self._own = OwnTokenSearch(
            self._ask, self._endpoints, lambda: self._exchanges.build, own_authorization
        )
        self._leaked = LeakedTokens(self._ask, self._endpoints, clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Nothing can be asked after that."""
        await self._http.aclose()

    @property
    def name(self) -> str:
        """The instance's name in the configuration."""
        return self._name

    async def list(self, wanted: Filter) -> list[Authorization]:
        """Give those that can be seen and fit, by ascending id.

        Raises:
            UserError: If there is no user or organisation of that name.
            UpstreamError: If the instance does not answer as it should.
        """
        # Servers before 2.0.9 answer queries for names with everything.
        return [
            each
            for each in await self._ask(self._endpoints.all(wanted))
            if wanted.user in {None, each.user} and wanted.org in {None, each.org}
        ]

    async def get(self, authorization_id: str) -> Authorization:
        """Give one.

        Raises:
            AuthorizationNotFoundError: If there is none.
            OrphanError: If its owner no longer exists.
            UpstreamError: If the instance does not answer as it should.
        """
        return await self._ask(self._endpoints.one(authorization_id))

    async def update(
        self, authorization_id: str, update: AuthorizationUpdate, before: Authorization | None
    ) -> None:
        """Send one PATCH, again if need be. Returning means accepted, not in effect.

        Where one may have arrived whose answer was lost, it is read before another is sent, so that
        none undoes what others have done in between.

        Args:
            authorization_id: Its id.
            update: What is to be set.
            before: The authorization as it was when it was decided to send it; with None, it is not
                sent again where one may have arrived.

        Raises:
            UpstreamError: If it was not accepted; ``effect`` counts every attempt.
        """
        sending = Update(self._endpoints, self._once, authorization_id, update, before)
        await attempts(sending.attempt, self._retries, self._again(Operation.UPDATE))

    async def own_token(self) -> OwnToken:
        """Tell what can be known of the bot's own token where its value is not shown.

        Raises:
            UpstreamError: If the instance does not answer as it should.
        """
        return await self._own.search()

    async def own_user(self) -> str | None:
        """Give the id of the user whose token the bot uses; None where the bot may not read it.

        Raises:
            UpstreamError: If the instance does not answer as it should, or not accept the token.
        """
        user = await unless_denied(self._ask, self._endpoints.me())
        return None if user is None else user.id

    async def check_credential(self) -> None:
        """Ask something that a token answers for itself; a list would only be empty.

        An inactive token gets lists without entries, not a refusal.

        Raises:
            UpstreamError: If the instance does not accept the bot's token.
        """
        await unless_denied(self._ask, self._endpoints.me())

    async def user_active(self, user_id: str) -> bool:
        """Tell whether a user may use InfluxDB; False where the instance does not tell the bot.

        Raises:
            UpstreamError: If the instance does not answer as it should.
        """
        user = await unless_denied(self._ask, self._endpoints.user(user_id))
        return user is not None and user.id == user_id and user.status == "active"

    async def of_user_id(self, user_id: str) -> tuple[Authorization, ...]:
        """Give those of a user that can be seen, by ascending id; nobody else's.

        Raises:
            UpstreamError: If the instance does not answer as it should.
        """
        seen = await self._ask(self._endpoints.all_of_user(user_id))
        if not seen:
            # To a token that is inactive, InfluxDB shows an empty list.
            await self.check_credential()
        return tuple(each for each in seen if each.user_id == user_id)

    async def probe(self, secret: SecretStr) -> Probe:
        """Send a leaked token and tell what the instance makes of it; raise no UpstreamError."""
        return await self._leaked.probe(secret)

    async def find_by_secret(self, secret: SecretStr) -> Sighting:
        """Tell which authorizations have exactly this token, as far as the instance shows tokens.

        Raises:
            UpstreamError: If the instance does not answer as it should.
        """
        return await self._leaked.find(secret)

    async def ping(self) -> str:
        """Give the server's build and version, such as ``OSS v2.7.12``. No token is sent.

        Raises:
            UpstreamError: If the instance does not answer as it should.
        """
        return await self._ask(self._endpoints.ping())

    async def _ask(self, call: Call[T]) -> T:
        again = self._again(call.asked.operation)
        return await attempts(lambda left: self._once(call, left), self._retries, again)

    def _again(self, operation: Operation) -> Callable[[], None]:
        return partial(self._observer.retry, operation.value)

    async def _once(self, call: Call[T], left: float) -> T | Failure:
        held = await self._respite.over(within=left) if call.bearer is not None else None
        if held is not None:
            self._observer.held_back(call.asked.operation.value)
            return held
        result = await self._exchanges.once(call, left)
        if isinstance(result, Failure):
            self._respite.note(result)
        return result
