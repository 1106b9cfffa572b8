"""Ask one InfluxDB what the findings are made of; nothing is sent that changes anything."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from bot.changes.authorization import Authorization
from bot.changes.errors import BotError, ErrorCode, Problem
from bot.changes.lockout import OwnToken
from bot.changes.ports import Filter
from bot.check.influxdb import InstanceFacts, SettingNames
from bot.configuration import InstanceSettings
from bot.influxdb.client import InfluxDBClient
from bot.influxdb.retries import Retries

T = TypeVar("T")

_ONCE = Retries(attempts=1)


async def ask_instance(
    instance: InstanceSettings,
    names: SettingNames,
    clock: Callable[[], datetime],
    seconds: float,
) -> InstanceFacts:
    """Ask an instance, within so many seconds.

    Args:
        instance: How it is reached.
        names: What its settings are called.
        clock: Tells the time.
        seconds: How long all of it may take. The first questions, asked at once, get most of it.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    async with InfluxDBClient(
        name=instance.name,
        url=instance.url,
        token=instance.token,
        own_authorization=instance.own_authorization,
        ca_file=instance.ca_file,
        timeout=seconds * 0.75,
        retries=_ONCE,
        clock=clock,
    ) as client:
        version, user_id, seen = await asyncio.gather(
            _told(client.ping()), _told(client.own_user()), _told(client.list(Filter()))
        )
        authorizations = seen if isinstance(seen, Problem) else tuple(seen)
        own: OwnToken | Problem = OwnToken()
        mine: Authorization | Problem | None = None
        if not isinstance(seen, Problem):
            try:
                async with asyncio.timeout_at(deadline):
                    own = await _told(client.own_token())
                    configured = instance.own_authorization
                    mine = await _own_authorization(client, tuple(seen), own, configured)
            except TimeoutError:
                own = mine = _late(instance.name)
    return InstanceFacts(
        name=instance.name,
        settings=names,
        version=version,
        user_id=user_id,
        seen=authorizations,
        configured=instance.own_authorization,
        own=own,
        mine=mine,
    )


async def _own_authorization(
    client: InfluxDBClient,
    seen: tuple[Authorization, ...],
    own: OwnToken | Problem,
    configured: str | None,
) -> Authorization | Problem | None:
    """Give the bot's own authorization: by its token, by its id, or as the only one of its user.

    What is configured is given even if the client does not believe it, so that it can be judged.
    """
    by_token = next((each for each in seen if each.own), None)
    if by_token is not None:
        return by_token
    if isinstance(own, Problem):
        return own
    named = configured or own.authorization_id
    if named is not None:
        return await _told(client.get(named))
    if own.siblings != 1:
        return None
    return next((each for each in seen if each.user_id == own.user_id), None)


async def _told(call: Awaitable[T]) -> T | Problem:
    try:
        return await call
    except BotError as error:
        return error.problem


def _late(name: str) -> Problem:
    return Problem(
        ErrorCode.INSTANCE_UNAVAILABLE, f"InfluxDB {name} did not answer in time.", "Ask again."
    )
