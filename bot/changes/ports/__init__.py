"""What the heart needs from the outside, as contracts in prose. The edges implement them."""

from bot.changes.ports.anchor_feed import AnchorFeed
from bot.changes.ports.authorizations import Authorizations, Filter
from bot.changes.ports.counts import ChangeCounts, Counts, ExecutorCounts, LeakCounts, TurnEnd
from bot.changes.ports.directory import Directory, DirectoryNow
from bot.changes.ports.messenger import (
    AnnouncementError,
    Drifted,
    Messenger,
    Related,
    Remember,
)
from bot.changes.ports.store import Requests, Store, Transaction, Watches

__all__ = [
    "AnchorFeed",
    "AnnouncementError",
    "Authorizations",
    "ChangeCounts",
    "Counts",
    "Directory",
    "DirectoryNow",
    "Drifted",
    "ExecutorCounts",
    "Filter",
    "LeakCounts",
    "Messenger",
    "Related",
    "Remember",
    "Requests",
    "Store",
    "Transaction",
    "TurnEnd",
    "Watches",
]
