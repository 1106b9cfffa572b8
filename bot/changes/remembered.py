"""Who people are while Slack does not answer: by what it told last."""

from collections.abc import Callable, Sequence

from bot.changes.people import Account, KnownGroup, KnownPerson, Person, Standing
from bot.changes.policy import Roles
from bot.changes.ports import Store


class RememberedDirectory:
    """The port ``Directory`` without Slack: it reads what a bot has stored, and asks nobody.

    Of a user group that Slack never told of, nobody is a member; whoever is listed by their own id
    needs none. What is known of an account counts however old it is: nobody comes back from being
    deactivated, or a guest, by an outage.

    Args:
        store: The database.
        roles: Gives who holds which role, now.
    """

    def __init__(self, store: Store, roles: Callable[[], Roles]) -> None:
        self._store = store
        self._roles = roles

    def known(self, person: Person) -> None:
        """Give nothing: it takes a reading, be it a quick one."""
        del person

    async def look_up(self, person: Person) -> Standing:
        """Give what Slack told last, and when; what it never told is unknown, or unreadable."""
        wanted = self._roles().groups
        async with self._store.reading() as reading:
            groups = await reading.known_groups(sorted(wanted))
            known = await reading.known_person(person.user_id)
        return standing_of(person.user_id, wanted, groups, known)

    async def find(self, user_id: str) -> tuple[Person, Standing] | None:
        """Give somebody of whom only the id is known; None if Slack never told of them."""
        async with self._store.reading() as reading:
            known = await reading.known_person(user_id)
        return None if known is None else (known.person, await self.look_up(known.person))

    async def members(self, group: str) -> frozenset[str] | None:
        """Give who was in a user group; None if Slack never told."""
        async with self._store.reading() as reading:
            found = await reading.known_groups([group])
        return found[0].members if found else None


def standing_of(
    user_id: str,
    wanted: frozenset[str],
    groups: Sequence[KnownGroup],
    known: KnownPerson | None,
) -> Standing:
    """Make of what Slack told last what the policy decides by.

    Args:
        user_id: Of whom.
        wanted: The user groups of the policy.
        groups: Those of them that Slack has told of.
        known: What it told of the person.
    """
    told = [each.told_at for each in groups] + ([] if known is None else [known.told_at])
    return Standing(
        account=Account.UNKNOWN if known is None else known.account,
        groups=frozenset(each.id for each in groups if user_id in each.members),
        unreadable=wanted - {each.id for each in groups},
        as_of=min(told, default=None),
    )
