from datetime import timedelta

from sqlalchemy import delete, select

from bot.storage.dialects import database_now, insert
from bot.storage.tables import keepers
from bot.storage.waking import Waking


class Keepers(Waking):
    """Which processes keep what others must not take up, within one transaction.

    They hold a leaked secret in their memory, or somebody waits at their terminal.
    """

    async def keep(self, keeper: str, lasts: timedelta) -> None:
        """Note that a process lives, for so long from now on by the database's clock."""
        until = database_now(lasts)
        living = insert(self._connection, keepers).values(id=keeper, until=until)
        await self._connection.execute(
            living.on_conflict_do_update(index_elements=[keepers.c.id], set_={"until": until})
        )
        # What another process is about to change is left to it.
        gone = select(keepers.c.id).where(keepers.c.until < database_now())
        gone = gone.with_for_update(skip_locked=True)
        await self._connection.execute(delete(keepers).where(keepers.c.id.in_(gone)))

    async def leave(self, keeper: str) -> None:
        """Note that a process keeps nothing any more, so that others may go on without it."""
        await self._connection.execute(delete(keepers).where(keepers.c.id == keeper))
        await self._wake_all()
