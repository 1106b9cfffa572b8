"""Who asks for something, from where, when, and by which delivery from Slack."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import SecretStr

from bot.changes.people import Person, Standing
from bot.changes.request import Origin

# Enough that no two of what Slack sends within years have the same.
_REQUEST_ID_LENGTH = 12


def request_id(delivery: str) -> str:
    """Give the id under which the log has a delivery."""
    return delivery[:_REQUEST_ID_LENGTH]


@dataclass(frozen=True)
class Ask:
    """Somebody asks for something.

    Attributes:
        delivery: What tells a repeat: the same for the same signed request.
        standing: What Slack says of the person.
        typed_by: Who has typed it in the person's name on the bot's own machine, such as
            ``cli:root``; empty if the person did so in Slack.
        keeper: The process that carries out what is asked, as long as it lives; empty if any may.
    """

    person: Person
    origin: Origin
    delivery: str
    now: datetime
    standing: Standing = field(default_factory=Standing)
    typed_by: str = ""
    keeper: str = ""

    @property
    def request_id(self) -> str:
        """Give the id under which the log has it; a part of the delivery, decided late or not."""
        return request_id(self.delivery)


@dataclass(frozen=True)
class Received:
    """Something that was asked and is not decided yet, since Slack must be asked who that is.

    Attributes:
        kind: ``command``, ``click``, ``submission`` or ``shortcut``.
        content: What was asked, as the listener reads it; it holds no secret.
        secret: What is kept in memory alone. Where a row was stored and read again, it is gone.
    """

    ask: Ask
    kind: str
    content: Mapping[str, str]
    secret: Mapping[str, SecretStr] = field(default_factory=dict)

    def by(self, standing: Standing) -> Ask:
        """Give the ask as it is decided: a delivery of its own, so that it is decided once."""
        return replace(self.ask, delivery=f"{self.ask.delivery}:decided", standing=standing)
