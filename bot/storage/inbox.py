from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.changes.asking import Ask, Received
from bot.changes.people import Person
from bot.changes.request import MessageRef, Origin
from bot.storage.tables import received


class Inbox:
    """What Slack has sent and nobody has decided yet, within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_received(self, one: Received) -> None:
        """Keep what was received until it is decided."""
        await self._connection.execute(
            insert(received).values(
                key=one.ask.delivery, content=_dumped(one), received_at=one.ask.now
            )
        )

    async def received(self) -> list[Received]:
        """Give what is not decided yet, the oldest first."""
        found = await self._connection.execute(select(received).order_by(received.c.received_at))
        return [_loaded(row["key"], row["content"], row["received_at"]) for row in found.mappings()]

    async def forget_received(self, delivery: str) -> None:
        """Drop what is decided."""
        await self._connection.execute(delete(received).where(received.c.key == delivery))


def _dumped(one: Received) -> dict[str, Any]:
    person, origin = one.ask.person, one.ask.origin
    url, pressed = origin.response_url, origin.pressed
    return {
        "person": [person.user_id, person.team_id, person.enterprise_id],
        "channel": origin.channel_id,
        # It is gone with the row, which does not live for longer than a look-up takes.
        "response_url": None if url is None else url.get_secret_value(),
        "pressed": None if pressed is None else [pressed.channel_id, pressed.ts],
        "kind": one.kind,
        "content": dict(one.content),
    }


def _loaded(key: str, kept: dict[str, Any], at: datetime) -> Received:
    url, pressed = kept["response_url"], kept["pressed"]
    origin = Origin(
        kept["channel"],
        None if url is None else SecretStr(url),
        None if pressed is None else MessageRef(*pressed),
    )
    return Received(Ask(Person(*kept["person"]), origin, key, at), kept["kind"], kept["content"])
