"""What the watch over disabled tokens found."""

from datetime import datetime

from bot.changes.audit import AuditEvent, EventTag
from bot.changes.authorization import Authorization
from bot.changes.evidence.details import telling, visible
from bot.changes.request import ChangeRequest

# Who has seen what nobody is known to have done.
THE_BOT = "token-bot"


def found_later(before: ChangeRequest, after: ChangeRequest, at: datetime) -> list[AuditEvent]:
    """Tokens that a request had disabled were found active again, or deleted, by the watch.

    Nobody who is known did that, so that it is the bot's own word.

    Args:
        before: The request before the look.
        after: The request with what was found.
        at: When they were read.
    """
    events = []
    for was, target in zip(before.targets, after.targets, strict=True):
        if target == was:
            continue
        again = target.active_again
        events.append(
            AuditEvent(
                EventTag.DRIFT_GONE if again is None else EventTag.DRIFT_FOUND,
                at,
                THE_BOT,
                "",
                change_id=after.id,
                instance=target.instance,
                authorization_id=target.authorization_id,
                detail=telling(
                    {
                        "before": visible(target.after),
                        "after": None if again is None else visible(again.token),
                        "since": None if again is None else _since(again.token),
                    }
                ),
            )
        )
    return events


def _since(authorization: Authorization) -> str | None:
    at = authorization.updated_at
    return None if at is None else at.isoformat(timespec="seconds")
