"""The endpoints of InfluxDB v2 that the bot asks, and how their answers are read."""

from collections.abc import Mapping
from urllib.parse import quote

from bot.changes.authorization import Authorization
from bot.changes.ports import Filter
from bot.influxdb.call import Answer, Asked, Call, Operation
from bot.influxdb.credential import Credential
from bot.influxdb.exchange import BUILD_HEADER
from bot.influxdb.wire import AuthorizationBody, AuthorizationListBody, UserBody

CLOUD = "Cloud"
"""What InfluxDB Cloud calls itself in ``X-Influxdb-Build``."""

_AUTHORIZATIONS = "api/v2/authorizations"
_LONGEST_VERSION = 60


class Endpoints:
    """Describe the calls to one instance.

    Args:
        instance: The instance's name in the configuration.
        credential: The API token, which tells the bot's own authorization from others.
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

    def by_token(self) -> Call[str | None]:
        """Find the id of the bot's own authorization by its token, as InfluxDB Cloud can.

        OSS ignores the query and lists what it has, oldest first: often the operator token. So
        only a list of one, and from Cloud, is believed.
        """

        def read(answer: Answer) -> str | None:
            found = AuthorizationListBody.read(answer.body, self._credential)
            if answer.headers.get(BUILD_HEADER) != CLOUD or len(found) != 1:
                return None
            return found[0].id

        asked = Asked(self._instance, Operation.LIST)
        return Call(asked, "GET", _AUTHORIZATIONS, read, by_token=True)

    def one(self, authorization_id: str) -> Call[Authorization]:
        """Read one."""
        return self._one("GET", Operation.GET, authorization_id)

    def update(self, authorization_id: str, content: bytes) -> Call[Authorization]:
        """Change one."""
        return self._one("PATCH", Operation.UPDATE, authorization_id, content)

    def me(self) -> Call[UserBody]:
        """Read the user whose token the bot uses."""
        return self._user(Operation.ME, "api/v2/me")

    def user(self, user_id: str) -> Call[UserBody]:
        """Read a user."""
        return self._user(Operation.USER, f"api/v2/users/{quote(user_id, safe='')}")

    def ping(self) -> Call[str]:
        """Read build and version; the token stays at home."""
        asked = Asked(self._instance, Operation.PING)
        return Call(asked, "GET", "ping", _version, authorized=False)

    def _list(self, asked: Asked, params: Mapping[str, str]) -> Call[tuple[Authorization, ...]]:
        def read(answer: Answer) -> tuple[Authorization, ...]:
            return AuthorizationListBody.read(answer.body, self._credential)

        return Call(asked, "GET", _AUTHORIZATIONS, read, params=params)

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
        return Call(asked, method, path, read, content=content)

    def _user(self, operation: Operation, path: str) -> Call[UserBody]:
        def read(answer: Answer) -> UserBody:
            return UserBody.model_validate_json(answer.body)

        return Call(Asked(self._instance, operation), "GET", path, read)


def _version(answer: Answer) -> str:
    if BUILD_HEADER not in answer.headers:
        raise ValueError("not InfluxDB")
    stated = (answer.headers[BUILD_HEADER], answer.headers.get("x-influxdb-version", ""))
    return " ".join(each for each in stated if each)[:_LONGEST_VERSION]
