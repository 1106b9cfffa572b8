"""What the heart needs to know of the people in Slack."""

from typing import Protocol

from bot.changes.people import Account, Person, Standing


class Directory(Protocol):
    """What Slack says of people: their accounts, and the policy's user groups they are in."""

    def known(self, person: Person) -> Standing | None:
        """Give what is remembered and fresh; None where Slack would have to be asked.

        It asks nothing, so that no look-up stands between a person and the ack.
        """
        ...

    async def look_up(self, person: Person) -> Standing:
        """Ask Slack for what is not fresh; what it does not tell is unknown, or unreadable.

        It never raises.
        """
        ...

    async def find(self, user_id: str) -> tuple[Person, Standing] | None:
        """Give somebody of whom only the id is known, with what Slack says of them.

        None if Slack does not tell now who that is. It never raises.
        """
        ...

    async def members(self, group: str) -> frozenset[str] | None:
        """Give the user ids of a user group's members; None if Slack does not tell now.

        It never raises.
        """
        ...


class DirectoryNow(Protocol):
    """What Slack tells now, of one group or one person at a time."""

    async def members(self, group: str) -> frozenset[str] | None:
        """Give the user ids of a user group's members; None if Slack does not tell now."""
        ...

    async def account(self, user_id: str) -> tuple[Person, Account] | None:
        """Give who a user id is, and the kind of account; None if Slack does not tell now."""
        ...
