"""The endpoints of InfluxDB v2 that the bot asks, and how their answers are read."""

from collections.abc import Mapping
from urllib.parse import quote

from bot.changes.authorization import Authorization
from bot.changes.ports import Filter
from bot.changes.probe import Probe, Sighting
from bot.influxdb.call import Answer, Asked, Call, Operation
from bot.influxdb.credential import Credential
from bot.influxdb.exchange import BUILD_HEADER
from bot.influxdb.verdicts import verdict
from bot.influxdb.wire import AuthorizationBody, AuthorizationListBody, Seeking, UserBody

CLOUD = "Cloud"
"""What InfluxDB Cloud calls itself in ``X-Influxdb-Build``."""

_AUTHORIZATIONS = "api/v2/authorizations"
_ME = "api/v2/me"
_LONGEST_VERSION = 60


class Endpoints:
    """Describe the calls to one instance.

    Args:
        instance: The instance's name in the configuration.
        credential: The bot's own API token, which tells its authorization from others.
    """

    def __init__(self, instance: str, credential: Credential) -> None:
        self._instance = instance
        self._credential = credential

    def all(self, wanted: Filter) -> Call[tuple[Authorization, ...]]:
        """List what fits; servers before 2.0.9 list everything."""
        names = {"user": wanted.user, "org": wanted.org}
        given = {key: value for key, value in names.items() if value is not None}
        return self._list(Asked(self._instance, Operation.LIST, wanted=wanted), given)

    def all_of_user(self, user_id: str) -> Call[tuple[Authorization, ...]]:
        """List the authorizations of a user."""
        return self._list(Asked(self._instance, Operation.LIST), {"userID": user_id})

    def by_token(self, sought: Credential | None = None) -> Call[tuple[Authorization, ...] | None]:
        """Find the authorization of a token, as InfluxDB Cloud can; without one, of the bot's own.

        OSS ignores the query and lists what it has, oldest first: often the operator token. So
        only a list of one or none, and from Cloud, is believed; anything else is read as None.
        """

        def read(answer: Answer) -> tuple[Authorization, ...] | None:
            found = AuthorizationListBody.read(answer.body, self._credential)
            if answer.headers.get(BUILD_HEADER) != CLOUD or len(found) > 1:
                return None
            return found

        return Call(
            Asked(self._instance, Operation.LIST),
            *("GET", _AUTHORIZATIONS, read),
            bearer=self._credential,
            sought=self._credential if sought is None else sought,
        )

    def search(self, sought: Credential) -> Call[tuple[Sighting, bool]]:
        """List everything and compare; tells as well whether it is Cloud that answers.

        The token that is sought stays at home.
        """

        def read(answer: Answer) -> tuple[Sighting, bool]:
            found = AuthorizationListBody.search(answer.body, Seeking(self._credential, sought))
            return found, answer.headers.get(BUILD_HEADER) == CLOUD

        asked = Asked(self._instance, Operation.LIST)
        return Call(asked, "GET", _AUTHORIZATIONS, read, bearer=self._credential)

    def me_as(self, bearer: Credential) -> Call[Probe]:
        """Read, with a token that is not the bot's, what becomes of whoever uses it."""
        asked = Asked(self._instance, Operation.PROBE)

        def read(answer: Answer) -> Probe:
            return verdict(answer, bearer.mask)

        return Call(asked, "GET", _ME, read, bearer=bearer, read_also=frozenset({401, 403}))

    def one(self, authorization_id: str) -> Call[Authorization]:
        """Read one."""
        return self._one("GET", Operation.GET, authorization_id)

    def update(self, authorization_id: str, content: bytes) -> Call[Authorization]:
        """Change one."""
        return self._one("PATCH", Operation.UPDATE, authorization_id, content)

    def me(self) -> Call[UserBody]:
        """Read the user whose token the bot uses."""
        return self._user(Operation.ME, _ME)

    def user(self, user_id: str) -> Call[UserBody]:
        """Read a user."""
        return self._user(Operation.USER, f"api/v2/users/{quote(user_id, safe='')}")

    def ping(self) -> Call[str]:
        """Read build and version; the token stays at home."""
        asked = Asked(self._instance, Operation.PING)
        return Call(asked, "GET", "ping", _version)

    def _list(self, asked: Asked, params: Mapping[str, str]) -> Call[tuple[Authorization, ...]]:
        def read(answer: Answer) -> tuple[Authorization, ...]:
            return AuthorizationListBody.read(answer.body, self._credential)

        return Call(asked, "GET", _AUTHORIZATIONS, read, params=params, bearer=self._credential)

    def _one(
        self, method: str, operation: Operation, authorization_id: str, content: bytes | None = None
    ) -> Call[Authorization]:
        def read(answer: Answer) -> Authorization:
            found = AuthorizationBody.read(answer.body, self._credential)
            if found.id != authorization_id.lower():
                raise ValueError("another authorization")
            return found

        asked = Asked(self._instance, operation, authorization_id)
        path = f"{_AUTHORIZATIONS}/{quote(authorization_id, safe='')}"
        return Call(asked, method, path, read, content=content, bearer=self._credential)

    def _user(self, operation: Operation, path: str) -> Call[UserBody]:
        def read(answer: Answer) -> UserBody:
            return UserBody.model_validate_json(answer.body)

        asked = Asked(self._instance, operation)
        return Call(asked, "GET", path, read, bearer=self._credential)


def _version(answer: Answer) -> str:
    if BUILD_HEADER not in answer.headers:
        raise ValueError("not InfluxDB")
    stated = (answer.headers[BUILD_HEADER], answer.headers.get("x-influxdb-version", ""))
    return " ".join(each for each in stated if each)[:_LONGEST_VERSION]
