from collections.abc import Iterable
from difflib import SequenceMatcher

from bot.changes.authorization import Authorization
from bot.changes.secret import mask_secrets

_LIKE_ENOUGH = 0.75
_AT_MOST = 3


def closest(authorization_id: str, known: Iterable[Authorization]) -> tuple[Authorization, ...]:
    """Find the authorizations whose ids are most like one that is not known, the likest first.

    They are only ever suggested: a change is never made by anything but a whole, exact id.
    """
    candidates = list(known)
    beginning = [
        each
        for each in candidates
        if each.id.startswith(authorization_id) and each.id != authorization_id
    ]
    scored = [(_likeness(authorization_id, each.id), each) for each in beginning or candidates]
    good = [pair for pair in scored if pair[0] >= _LIKE_ENOUGH]
    good.sort(key=lambda pair: (-pair[0], pair[1].id))
    return tuple(candidate for _, candidate in good[:_AT_MOST])


def did_you_mean(authorization_id: str, known: Iterable[Authorization]) -> str:
    """Suggest ids with their descriptions in one sentence, or give an empty string."""
    found = [
        f"{candidate.id} ({mask_secrets(candidate.description) or 'no description'})"
        for candidate in closest(authorization_id, known)
    ]
    return f"Did you mean {' or '.join(found)}?" if found else ""


def _likeness(one: str, other: str) -> float:
    return 1.0 if other.startswith(one) else SequenceMatcher(None, one, other).ratio()
