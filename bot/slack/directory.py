"""What Slack says of people, remembered for about a minute: the port ``Directory``."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.errors import StoreUnavailableError
from bot.changes.people import Account, KnownGroup, KnownPerson, Person, Standing
from bot.changes.policy import Roles
from bot.changes.ports import Store
from bot.slack.lookups import Lookups, Rhythm
from bot.slack.users import account_of, id_in, person_in

# Slack allows 20 calls of usergroups.users.list and 100 of users.info a minute.
_GROUP_CALLS = 12
_ACCOUNT_CALLS = 50
_GROUPS_FRESH = timedelta(minutes=1)
# With more than seven groups a minute is too short to refresh them all within the calls.
_FRESH_PER_GROUP = timedelta(seconds=8)
# Whoever is deactivated cannot ask any more; that and becoming a guest are rare.
_ACCOUNTS_FRESH = timedelta(minutes=5)
_SEEN_LATELY = timedelta(minutes=15)
_TICK_SECONDS = 5.0
# What kind of account a group's member has counts where Slack does not answer, so it is asked for
# beforehand: of a few at a time, since they may be hundreds.
_ACCOUNTS_KNOWN = timedelta(hours=12)
_ASKED_BEFOREHAND = 3

T = TypeVar("T")

_log = structlog.get_logger()


@dataclass(frozen=True)
class Profile:
    """What Slack says of a user: the kind of account, and whose it is."""

    account: Account
    team_id: str
    enterprise_id: str | None


class SlackDirectory:
    """Tell kinds of accounts and memberships of user groups, as far as the roles ask for them.

    The account of somebody who is listed neither by their own id nor by a group does not matter,
    and is not asked for. What Slack tells is stored, for whoever is at the command line while Slack
    does not answer.

    Args:
        client: Slack's Web API.
        roles: Gives who holds which role, now.
        clock: Tells the time.
        store: Where what Slack tells is stored; None where nobody needs it later.
        tick: Seconds between looks at what is to be refreshed.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        roles: Callable[[], Roles],
        clock: Callable[[], datetime],
        store: Store | None = None,
        *,
        tick: float = _TICK_SECONDS,
    ) -> None:
        self._client = client
        self._roles = roles
        self._clock = clock
        self._store = store
        self._tick = tick
        self._seen: dict[str, datetime] = {}
        self._groups_told: dict[str, KnownGroup] = {}
        self._people_told: dict[str, KnownPerson] = {}
        self._told_at: dict[str, datetime] = {}
        self._members = Lookups(
            "usergroups.users.list", self._ask_members, clock, Rhythm(self._fresh, _GROUP_CALLS)
        )
        self._profiles = Lookups(
            "users.info", self._ask_profile, clock, Rhythm(lambda: _ACCOUNTS_FRESH, _ACCOUNT_CALLS)
        )

    def known(self, person: Person) -> Standing | None:
        """Give what is remembered and fresh; None where Slack would have to be asked."""
        members: dict[str, frozenset[str] | None] = {}
        for group in self._roles().groups:
            answer = self._members.remembered(group)
            if answer is None:
                return None
            members[group] = answer.told
        if not self._matters(person, members):
            return _standing(person, members, None)
        profile = self._profiles.remembered(person.user_id)
        return None if profile is None else _standing(person, members, profile.told)

    async def look_up(self, person: Person) -> Standing:
        """Ask Slack for what is not fresh; what it does not tell is unknown or unreadable."""
        groups = sorted(self._roles().groups)
        told = await asyncio.gather(*(self._members.get(group) for group in groups))
        members = dict(zip(groups, told, strict=True))
        if not self._matters(person, members):
            return _standing(person, members, None)
        return _standing(person, members, await self._profiles.get(person.user_id))

    async def find(self, user_id: str) -> tuple[Person, Standing] | None:
        """Ask Slack for what is not fresh of whom only an id is known; None if it does not tell."""
        found = await self.account(user_id)
        return None if found is None else (found[0], await self.look_up(found[0]))

    async def account(self, user_id: str) -> tuple[Person, Account] | None:
        """Give who a user id is, and the kind of account; None if Slack does not tell now."""
        profile = await self._profiles.get(user_id)
        if profile is None:
            return None
        return Person(user_id, profile.team_id, profile.enterprise_id), profile.account

    async def members(self, group: str) -> frozenset[str] | None:
        """Give the user ids of a user group's members; None if Slack does not tell now."""
        return await self._members.get(group)

    async def keep_fresh(self) -> None:
        """Refresh again and again, for as long as it runs, so that people seldom wait."""
        while True:
            await self.refresh()
            await asyncio.sleep(self._tick)

    async def refresh(self) -> None:
        """Refresh what would go stale soon: groups and users of the roles, and people seen lately.

        Where that would be too many calls within a minute, the rest waits for the next time.
        """
        roles, now = self._roles(), self._clock()
        self._seen = {user: at for user, at in self._seen.items() if now - at < _SEEN_LATELY}
        await self._members.refresh(roles.groups)
        some = self._unknown_members(roles.groups, now)
        await self._profiles.refresh(roles.users | self._seen.keys() | some)
        await self._note()

    def _matters(self, person: Person, members: dict[str, frozenset[str] | None]) -> bool:
        """Tell whether it matters what kind of account a person has; if so they were seen."""
        matters = person.user_id in self._roles().users or bool(_groups_of(person, members))
        if matters:
            self._seen[person.user_id] = self._clock()
        return matters

    def _unknown_members(self, groups: Collection[str], now: datetime) -> set[str]:
        """Pick some members of user groups of whose accounts Slack has not told in hours."""
        answers = (self._members.remembered(group) for group in groups)
        members = {user for answer in answers if answer for user in answer.told or ()}
        since = now - _ACCOUNTS_KNOWN
        self._told_at = {user: at for user, at in self._told_at.items() if at > since}
        unknown = (user for user in sorted(members - self._told_at.keys()))
        # What it did not tell a moment ago is not asked for at each look.
        due = (user for user in unknown if self._profiles.remembered(user) is None)
        return set(islice(due, _ASKED_BEFOREHAND))

    async def _note(self) -> None:
        """Store what Slack has told since the last time."""
        groups, people = dict(self._groups_told), dict(self._people_told)
        if self._store is None or not (groups or people):
            return
        try:
            async with self._store.transaction() as transaction:
                await transaction.note_people(list(groups.values()), list(people.values()))
        except StoreUnavailableError as error:
            _log.warning("what Slack told of people is not stored yet", reason=str(error))
            return
        # What has been told meanwhile is stored the next time.
        self._groups_told = _without(self._groups_told, groups)
        self._people_told = _without(self._people_told, people)

    def _fresh(self) -> timedelta:
        return max(_GROUPS_FRESH, _FRESH_PER_GROUP * len(self._roles().groups))

    async def _ask_members(self, group: str) -> frozenset[str]:
        """Ask who is in a user group.

        Source: https://docs.slack.dev/reference/methods/usergroups.users.list
        """
        answer = await self._client.usergroups_users_list(usergroup=group)
        users = answer["users"]
        if not isinstance(users, list):
            raise TypeError("the members are no list")
        members = frozenset(id_in(user) for user in users)
        self._groups_told[group] = KnownGroup(group, members, self._clock())
        return members

    async def _ask_profile(self, user_id: str) -> Profile:
        """Ask what kind of account a user has, and in which workspace."""
        user = (await self._client.users_info(user=user_id))["user"]
        account, person = account_of(user), person_in(user_id, user)
        profile = Profile(account, person.team_id, person.enterprise_id)
        self._people_told[user_id] = KnownPerson(person, account, self._clock())
        self._told_at[user_id] = self._clock()
        return profile


def _standing(
    person: Person, members: dict[str, frozenset[str] | None], profile: Profile | None
) -> Standing:
    return Standing(
        account=Account.UNKNOWN if profile is None else profile.account,
        groups=_groups_of(person, members),
        unreadable=frozenset(group for group, users in members.items() if users is None),
    )


def _without(news: dict[str, T], stored: dict[str, T]) -> dict[str, T]:
    return {key: each for key, each in news.items() if stored.get(key) is not each}


def _groups_of(person: Person, members: dict[str, frozenset[str] | None]) -> frozenset[str]:
    return frozenset(
        group for group, users in members.items() if users is not None and person.user_id in users
    )
