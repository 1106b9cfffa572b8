"""Read authorizations of one instance: one by its id, several by one list."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.changes.authorization import Authorization
from bot.changes.errors import UpstreamError
from bot.changes.lookup import find
from bot.changes.ports import Authorizations, Filter

# Those that a list leaves out are fetched one by one, so many at a time.
_AT_ONCE = 8

Reading = Authorization | UpstreamError


@dataclass(frozen=True)
class Readings:
    """What was read of some authorizations.

    Attributes:
        by_id: Each authorization, or why it could not be read.
        listed: All that the instance showed, if it was asked for a list.
    """

    by_id: Mapping[str, Reading]
    listed: Sequence[Authorization] | None = None

    @property
    def found(self) -> dict[str, Authorization]:
        """Give those that could be read."""
        return {k: v for k, v in self.by_id.items() if isinstance(v, Authorization)}


async def read(
    instance: Authorizations, ids: Sequence[str], *, suggesting: bool = False
) -> Readings:
    """Read authorizations; what cannot be read is told by its error.

    Args:
        instance: The instance that has them.
        ids: Their ids.
        suggesting: Whether the error of a single id that is not there names those most like it.
    """
    if len(ids) == 1:
        return Readings({ids[0]: await _one(instance, ids[0], suggesting=suggesting)})
    try:
        listed = await instance.list(Filter())
        if not listed:
            # To a token that is inactive, InfluxDB shows an empty list.
            await instance.check_credential()
    except UpstreamError as error:
        return Readings(dict.fromkeys(ids, error))
    known: dict[str, Reading] = {a.id: a for a in listed}
    missing = [each for each in ids if each not in known]
    room = asyncio.Semaphore(_AT_ONCE)

    async def fetch(authorization_id: str) -> Reading:
        async with room:
            return await _one(instance, authorization_id)

    fetched = await asyncio.gather(*(fetch(each) for each in missing))
    known.update(zip(missing, fetched, strict=True))
    return Readings({each: known[each] for each in ids}, listed)


async def _one(
    instance: Authorizations, authorization_id: str, *, suggesting: bool = False
) -> Reading:
    try:
        if suggesting:
            return await find(instance, authorization_id)
        return await instance.get(authorization_id)
    except UpstreamError as error:
        return error


async def of_user(instance: Authorizations, user: str) -> list[Authorization]:
    """Give the active authorizations of a user, filtered again on our side.

    Raises:
        UserError: If there is no such user.
        UpstreamError: If the instance does not answer as it should.
    """
    found = await instance.list(Filter(user=user))
    if not found:
        await instance.check_credential()
    return [each for each in found if each.user == user and each.active]
