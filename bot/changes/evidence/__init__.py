"""What the record says of each step: one function an event, so that no caller forgets a field."""

from bot.changes.evidence.details import what_was_asked
from bot.changes.evidence.drift import found_later
from bot.changes.evidence.leaks import concluded, identified, lapse, left_disabled, probed
from bot.changes.evidence.people import (
    by_person,
    denied,
    frozen,
    refusals_counted,
    refused,
    trimmed,
    typed,
    unfrozen,
)
from bot.changes.evidence.requests import (
    accepted,
    came_to_nothing,
    closed,
    interrupted,
    lapsed,
    progress,
    shown,
)

__all__ = [
    "accepted",
    "by_person",
    "came_to_nothing",
    "closed",
    "concluded",
    "denied",
    "found_later",
    "frozen",
    "identified",
    "interrupted",
    "lapse",
    "lapsed",
    "left_disabled",
    "probed",
    "progress",
    "refusals_counted",
    "refused",
    "shown",
    "trimmed",
    "typed",
    "unfrozen",
    "what_was_asked",
]
