"""What Slack says of people, remembered for about a minute: the port ``Directory``."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.people import Account, Person, Standing
from bot.changes.policy import Roles
from bot.slack.lookups import Lookups, Rhythm

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


@dataclass(frozen=True)
class Profile:
    """What Slack says of a user: the kind of account, and whose it is."""

    account: Account
    team_id: str
    enterprise_id: str | None


class SlackDirectory:
    """Tell kinds of accounts and memberships of user groups, as far as the roles ask for them.

    The account of somebody who is listed neither by their own id nor by a group does not matter,
    and is not asked for.

    Args:
        client: Slack's Web API.
        roles: Gives who holds which role, now.
        clock: Tells the time.
        tick: Seconds between looks at what is to be refreshed.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        roles: Callable[[], Roles],
        clock: Callable[[], datetime],
        tick: float = _TICK_SECONDS,
    ) -> None:
        self._client = client
        self._roles = roles
        self._clock = clock
        self._tick = tick
        self._seen: dict[str, datetime] = {}
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
        profile = await self._profiles.get(user_id)
        if profile is None:
            return None
        person = Person(user_id, profile.team_id, profile.enterprise_id)
        return person, await self.look_up(person)

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
        await self._profiles.refresh(roles.users | self._seen.keys())

    def _matters(self, person: Person, members: dict[str, frozenset[str] | None]) -> bool:
        """Tell whether it matters what kind of account a person has; if so they were seen."""
        matters = person.user_id in self._roles().users or bool(_groups_of(person, members))
        if matters:
            self._seen[person.user_id] = self._clock()
        return matters

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
        return frozenset(str(user) for user in users)

    async def _ask_profile(self, user_id: str) -> Profile:
        """Ask what kind of account a user has, and in which workspace."""
        user = (await self._client.users_info(user=user_id))["user"]
        account = account_of(user)
        grid = user.get("enterprise_user") or {}
        return Profile(account, str(user.get("team_id") or ""), grid.get("enterprise_id"))


def account_of(user: object) -> Account:
    """Read the kind of account of a user, as Slack describes users; raise TypeError if it is none.

    Source: https://docs.slack.dev/reference/objects/user-object
    """
    if not isinstance(user, dict):
        raise TypeError("the user is no object")
    if user.get("deleted"):
        return Account.DEACTIVATED
    if user.get("is_bot"):
        return Account.BOT
    if any(user.get(kind) for kind in ("is_restricted", "is_ultra_restricted", "is_stranger")):
        return Account.GUEST
    return Account.MEMBER


def _standing(
    person: Person, members: dict[str, frozenset[str] | None], profile: Profile | None
) -> Standing:
    return Standing(
        account=Account.UNKNOWN if profile is None else profile.account,
        groups=_groups_of(person, members),
        unreadable=frozenset(group for group, users in members.items() if users is None),
    )


def _groups_of(person: Person, members: dict[str, frozenset[str] | None]) -> frozenset[str]:
    return frozenset(
        group for group, users in members.items() if users is not None and person.user_id in users
    )
