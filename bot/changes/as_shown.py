"""Whether a token still is what was shown when somebody confirmed or approved its change."""

import hashlib
import json
from collections.abc import Iterable

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.outcomes import LOOK_AGAIN
from bot.changes.permissions import in_plain_words
from bot.changes.target import Target
from bot.changes.update import Difference, differences


def not_as_shown(shown: Authorization, found: Authorization) -> tuple[Difference, ...]:
    """List what is not as it was shown: status, description, owner and permissions."""
    different = list(differences(shown, found))
    if shown.user_id != found.user_id:
        different.append(Difference("owner", shown.user, found.user))
    if set(shown.permissions) != set(found.permissions):
        before, after = ("; ".join(in_plain_words(each)) for each in (shown, found))
        different.append(Difference("what it allows", before, after))
    return tuple(different)


def digest(targets: Iterable[Target]) -> str:
    """Name what was shown, so that the record says to what somebody agreed."""
    content = [
        [target.instance, target.authorization_id, *_visible(target.before)] for target in targets
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def changed_since_shown(target: Target, found: Authorization) -> Problem | None:
    """Say what has changed since a target was shown, or None."""
    if target.before is None:
        return None
    different = not_as_shown(target.before, found)
    if not different:
        return None
    return Problem(
        ErrorCode.CHANGED_SINCE,
        f"{target.authorization_id} is not as it was shown any more: "
        f"{in_words(different)}. Nothing was changed.",
        LOOK_AGAIN,
    )


def description_digest(token: Authorization) -> str:
    """Name the description that somebody has before them while they write another."""
    return hashlib.sha256(token.description.encode()).hexdigest()[:16]


def described_since(target: Target, found: Authorization) -> Problem | None:
    """Say that somebody else has changed the description that was to be replaced, or None."""
    if target.replaces is None or target.replaces == description_digest(found):
        return None
    return Problem(
        ErrorCode.CHANGED_SINCE,
        "Somebody has changed the description since the form was opened: it is "
        f"“{found.description}” now. Nothing was changed.",
        "Open the form again, or set it with describe.",
    )


def in_words(different: Iterable[Difference]) -> str:
    """Write differences down in one line."""
    return "; ".join(f"{d.field} was “{d.expected}” and is “{d.found}”" for d in different)


def _visible(shown: Authorization | None) -> list[object]:
    if shown is None:
        return []
    allowed = sorted(str(permission) for permission in shown.permissions)
    return [shown.status.value, shown.description, shown.user_id, allowed]
