import asyncio
from datetime import timedelta

import structlog

from bot.changes.errors import StoreUnavailableError
from bot.changes.ports import Store
from bot.changes.request import ChangeRequest
from bot.changes.vault import Vault

_log = structlog.get_logger()

KEPT_FOR = timedelta(seconds=15)
"""How long a process counts as alive without a sign of life; then others go on without secrets."""


class Keeping:
    """Let it be known that this process lives while it keeps leaked secrets, or requests.

    So no other takes a case up that only this one can bring to its end. What belongs to no open
    case any more is forgotten: another process may have brought it to its end, or it may never
    have been stored.

    Args:
        vault: What it holds.
        store: The database, by whose clock signs of life are judged.
        always: Whether it counts as living whatever it holds, since somebody waits at its terminal.
    """

    def __init__(self, vault: Vault, store: Store, *, always: bool = False) -> None:
        self._vault = vault
        self._always = always
        self._store = store
        self._missed: frozenset[str] = frozenset()

    async def keep_alive(self) -> None:
        """Give a sign of life now and then, until cancelled."""
        while True:
            await asyncio.sleep(KEPT_FOR.total_seconds() / 3)
            if not (self._vault or self._always):
                continue
            try:
                await self.give_sign()
            except StoreUnavailableError as error:
                _log.warning("that this process lives could not be noted", reason=str(error))

    async def give_sign(self) -> None:
        """Note that this process lives, and forget the secrets of cases that are over.

        Raises:
            StoreUnavailableError: If that could not be noted.
        """
        async with self._store.transaction() as transaction:
            found = {each: await transaction.request(each) for each in self._vault.held}
            await transaction.keep(self._vault.keeper, KEPT_FOR)
        # One that is just being stored is there at the next look.
        missing = frozenset(each for each, request in found.items() if request is None)
        over = {each for each, request in found.items() if request is not None and _over(request)}
        for each in (*over, *(missing & self._missed)):
            self._vault.forget(each)
        self._missed = missing

    async def leave(self) -> None:
        """Let others go on with the cases that are open or untold, without their secrets."""
        if not (self._vault.used or self._always):
            return
        try:
            async with self._store.transaction() as transaction:
                await transaction.leave(self._vault.keeper)
        except StoreUnavailableError as error:
            _log.warning("this process is noted as alive still", reason=str(error))


def _over(request: ChangeRequest) -> bool:
    return request.state.final
