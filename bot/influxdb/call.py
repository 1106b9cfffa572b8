from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from bot.changes.ports import Filter
from bot.changes.secret import mask_secrets
from bot.influxdb.credential import Credential

T = TypeVar("T")


class Operation(StrEnum):
    """What InfluxDB is asked for; a label of metrics."""

    LIST = "list"
    GET = "get"
    UPDATE = "update"
    PING = "ping"
    ME = "me"
    PROBE = "probe"
    USER = "user"


@dataclass(frozen=True)
class Asked:
    """What a call asks for, as far as errors word it.

    Attributes:
        instance: The instance's name in the configuration.
        authorization_id: The one authorization it is about; empty if about none.
        wanted: The names that a list is filtered by.
    """

    instance: str
    operation: Operation
    authorization_id: str = ""
    wanted: Filter = field(default_factory=Filter)

    @property
    def changes(self) -> bool:
        """Tell whether the call changes anything on the server."""
        return self.operation is Operation.UPDATE

    @property
    def where(self) -> str:
        """Name the instance as people read it, such as ``InfluxDB default``."""
        return f"InfluxDB {self.instance}"


@dataclass(frozen=True)
class Answer:
    """Hold an HTTP answer.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name.
        received: When it came, by the bot's clock.
        body: Decoded from gzip and the like; it may hold secrets, so ``repr`` leaves it out.
    """

    status: int
    headers: Mapping[str, str]
    received: datetime
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Call(Generic[T]):
    """Describe one request to InfluxDB and how its answer is read.

    Attributes:
        asked: What it asks for.
        method: The HTTP method.
        path: Under the instance's URL, without a leading slash.
        read: Reads a good answer. It raises ValidationError if it is not as it should be, and may
            not let the body out in any other way.
        params: The query, without secrets.
        content: The request's body, JSON; None for none.
        bearer: The API token that goes with it, or None.
        sought: The API token that the query names, as InfluxDB Cloud understands it, or None.
        read_also: The statuses beyond 2xx whose answers ``read`` takes as well.
    """

    asked: Asked
    method: str
    path: str
    read: Callable[[Answer], T]
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    bearer: Credential | None = None
    sought: Credential | None = None
    read_also: frozenset[int] = frozenset()

    def mask(self, text: str) -> str:
        """Hide the tokens that went with it, and whatever looks like one, in a server's words."""
        for each in (self.bearer, self.sought):
            text = text if each is None else each.mask(text)
        return mask_secrets(text)
