from typing import Protocol

from bot.changes.ports.store.anchors import Anchors
from bot.changes.ports.store.audit import Record
from bot.changes.ports.store.backlog import Backlogs
from bot.changes.ports.store.copies import Copies
from bot.changes.ports.store.inbox import Inbox
from bot.changes.ports.store.keepers import Keepers
from bot.changes.ports.store.leases import Leases
from bot.changes.ports.store.line import Line
from bot.changes.ports.store.locks import Locks
from bot.changes.ports.store.lookback import Lookback
from bot.changes.ports.store.memos import Memos
from bot.changes.ports.store.moves import Moves
from bot.changes.ports.store.people import People
from bot.changes.ports.store.requests import Requests
from bot.changes.ports.store.switches import Switches
from bot.changes.ports.store.watches import Watches


class Transaction(
    Locks,
    Requests,
    Moves,
    Watches,
    Copies,
    Lookback,
    Backlogs,
    Line,
    Leases,
    Keepers,
    Record,
    Anchors,
    Memos,
    Switches,
    Inbox,
    People,
    Protocol,
):
    """One transaction on the database; it commits when its context ends without an exception."""
