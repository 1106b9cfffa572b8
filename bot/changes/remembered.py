"""Who people are where Slack does not tell now: by what it told last."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.changes.errors import StoreUnavailableError
from bot.changes.people import Account, KnownGroup, KnownPerson, Person, Standing
from bot.changes.policy import Roles
from bot.changes.ports import DirectoryNow, Store

# Whoever waits at a terminal does not wait longer for each thing that Slack is asked.
_PATIENCE_SECONDS = 3.0
# Nor again and again for the same.
_SILENCE_SECONDS = 12.0

T = TypeVar("T")

_log = structlog.get_logger()


class RememberedDirectory:
    """The port ``Directory`` where a Slack in trouble must keep nobody from stopping a token.

    What Slack tells now counts, and nothing that is stored beside it. What it does not tell is as
    it told last, however old that is: nobody comes back from being deactivated, or a guest, by an
    outage. Of a user group that it never told of nobody is a member; whoever is listed by their own
    id needs none.

    Args:
        store: The database.
        roles: Gives who holds which role, now.
        slack: Asked first; None where it is known not to answer at all.
    """

    def __init__(
        self, store: Store, roles: Callable[[], Roles], slack: DirectoryNow | None
    ) -> None:
        self._store = store
        self._roles = roles
        self._slack = slack
        self._silent_until: dict[str, float] = {}

    def known(self, person: Person) -> None:
        """Give nothing: it takes a reading, be it a quick one."""
        del person

    async def look_up(self, person: Person) -> Standing:
        """Give what Slack tells, else what it told last; what it never told stays unknown."""
        roles = self._roles()
        told = await self._told(sorted(roles.groups))
        untold = [group for group, users in told.items() if users is None]
        standing = by_groups(person.user_id, told, await self._known_groups(untold))
        if person.user_id not in roles.users and not standing.groups:
            # What kind of account it is does not matter then.
            return standing
        now = await self._account(person.user_id)
        if now is not None:
            return replace(standing, account=now[1])
        return by_account(standing, await self._known_person(person.user_id))

    async def find(self, user_id: str) -> tuple[Person, Standing] | None:
        """Give somebody of whom only the id is known; None if Slack never told of them."""
        now = await self._account(user_id)
        if now is not None:
            return now[0], await self.look_up(now[0])
        known = await self._known_person(user_id)
        return None if known is None else (known.person, await self.look_up(known.person))

    async def members(self, group: str) -> frozenset[str] | None:
        """Give who is in a user group, or was; None if Slack never told."""
        (now,) = (await self._told([group])).values()
        if now is not None:
            return now
        found = await self._known_groups([group])
        return found[0].members if found else None

    async def _told(self, groups: Sequence[str]) -> dict[str, frozenset[str] | None]:
        """Ask Slack who is in each of these groups."""
        if self._slack is None:
            return dict.fromkeys(groups)
        asking = (self._asked(self._slack.members, group) for group in groups)
        return dict(zip(groups, await asyncio.gather(*asking), strict=True))

    async def _account(self, user_id: str) -> tuple[Person, Account] | None:
        return None if self._slack is None else await self._asked(self._slack.account, user_id)

    async def _asked(self, ask: Callable[[str], Awaitable[T | None]], about: str) -> T | None:
        """Ask Slack about one id; None as well where that takes too long, or lately did."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._silent_until.get(about, 0.0):
            return None
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await ask(about)
        except TimeoutError:
            self._silent_until[about] = loop.time() + _SILENCE_SECONDS
            return None

    async def _known_groups(self, groups: Collection[str]) -> Sequence[KnownGroup]:
        if not groups:
            return ()
        try:
            async with self._store.reading() as reading:
                return await reading.known_groups(sorted(groups))
        except StoreUnavailableError as error:
            _log.warning("what Slack told of user groups cannot be read", reason=str(error))
            return ()

    async def _known_person(self, user_id: str) -> KnownPerson | None:
        try:
            async with self._store.reading() as reading:
                return await reading.known_person(user_id)
        except StoreUnavailableError as error:
            _log.warning("what Slack told of a person cannot be read", reason=str(error))
            return None


def by_groups(
    user_id: str, told: Mapping[str, frozenset[str] | None], stored: Sequence[KnownGroup]
) -> Standing:
    """Give in which user groups somebody is, and how old the oldest word for it is.

    Args:
        user_id: Of whom.
        told: The members of each user group of the policy as Slack tells them now; None where it
            does not.
        stored: What it told last of those that it does not tell now.
    """
    members = {group: users for group, users in told.items() if users is not None}
    members |= {each.id: each.members for each in stored}
    return Standing(
        groups=frozenset(group for group, users in members.items() if user_id in users),
        unreadable=frozenset(told.keys() - members.keys()),
        as_of=min((each.told_at for each in stored), default=None),
    )


def by_account(standing: Standing, known: KnownPerson | None) -> Standing:
    """Add the kind of account that Slack told last, and make it as old as that if it is older."""
    if known is None:
        return standing
    oldest = known.told_at if standing.as_of is None else min(known.told_at, standing.as_of)
    return replace(standing, account=known.account, as_of=oldest)
