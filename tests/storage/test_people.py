"""What Slack told last of user groups and people."""

from datetime import timedelta

from bot.changes.people import Account, KnownGroup, KnownPerson, Person
from bot.changes.policy import Workspace
from bot.storage.store import SqlStore
from tests.changes.samples import NOON

MINUTE = timedelta(minutes=1)
ANNA = Person("U0ANNA", "T0HOME", "E0ALL")


async def test_the_newest_word_counts(store: SqlStore) -> None:
    """A replica that stores later what it was told earlier writes over nothing."""
    first = KnownGroup("S0A", frozenset({"U0ANNA", "U0BEN"}), NOON)
    newer = KnownGroup("S0A", frozenset({"U0BEN"}), NOON + MINUTE)
    member = KnownPerson(ANNA, Account.MEMBER, NOON)
    gone = KnownPerson(ANNA, Account.DEACTIVATED, NOON + MINUTE)

    for groups, people in (([first], [member]), ([newer], [gone]), ([first], [member])):
        async with store.transaction() as transaction:
            await transaction.note_people(groups, people)

    async with store.reading() as reading:
        assert await reading.known_groups(["S0A", "S0B"]) == [newer]
        assert await reading.known_groups([]) == []
        assert await reading.known_person("U0ANNA") == gone
        assert await reading.known_person("U0BEN") is None


async def test_the_newest_word_of_the_bot_s_workspace_counts(store: SqlStore) -> None:
    """It is one, with its organisation if it has one; of a database nobody has used, none."""
    async with store.transaction() as transaction:
        assert await transaction.known_workspace() is None
        await transaction.note_workspace(Workspace("T0NEW", "E0ALL"), NOON + MINUTE)
        await transaction.note_workspace(Workspace("T0OLD"), NOON)

    async with store.reading() as reading:
        assert await reading.known_workspace() == Workspace("T0NEW", "E0ALL")
