"""What the heart needs from an InfluxDB instance."""

from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from bot.changes.authorization import Authorization
from bot.changes.lockout import OwnToken
from bot.changes.probe import Probe, Sighting
from bot.changes.update import AuthorizationUpdate


@dataclass(frozen=True)
class Filter:
    """Which authorizations are wanted: by name of owner and organisation; None takes all."""

    user: str | None = None
    org: str | None = None


class Authorizations(Protocol):
    """The authorizations of one InfluxDB instance.

    Every method raises UpstreamError, whose ``effect`` says whether the failed call may have
    changed something.
    """

    @property
    def name(self) -> str:
        """The instance's name in the configuration."""
        ...

    async def list(self, wanted: Filter) -> list[Authorization]:
        """Give those that can be seen and fit, by ascending id; nothing that does not fit.

        Raises UserError if there is no user or organisation of the wanted name.
        """
        ...

    async def get(self, authorization_id: str) -> Authorization:
        """Give one; raise AuthorizationNotFoundError or OrphanError."""
        ...

    async def update(
        self, authorization_id: str, update: AuthorizationUpdate, before: Authorization | None
    ) -> None:
        """Send one PATCH. Returning means accepted, not in effect: read it back.

        It is sent again after a failure only where the authorization is as it was ``before``.
        """
        ...

    async def own_token(self) -> OwnToken:
        """Tell what can be known of the bot's own token where its value is not shown."""
        ...

    async def check_credential(self) -> None:
        """Raise UpstreamError if the bot's own token is not accepted, or is inactive."""
        ...

    async def user_active(self, user_id: str) -> bool:
        """Tell whether a user may use InfluxDB; False where that cannot be read."""
        ...

    async def of_user_id(self, user_id: str) -> tuple[Authorization, ...]:
        """Give those of a user that can be seen, by ascending id; nobody else's."""
        ...

    async def probe(self, secret: SecretStr) -> Probe:
        """Send a leaked token and tell what the instance makes of it.

        Whatever goes wrong is a verdict as well: it never raises UpstreamError.
        """
        ...

    async def find_by_secret(self, secret: SecretStr) -> Sighting:
        """Tell which authorizations have exactly this token, as far as the instance shows it."""
        ...

    async def ping(self) -> str:
        """Give the server's build and version, such as ``OSS v2.7.12``."""
        ...
