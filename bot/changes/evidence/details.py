"""What events of every kind tell in the same way."""

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest
from bot.changes.target import Target


def place(about: Target | ChangeRequest | None) -> tuple[str | None, str | None]:
    """Give instance and authorization of what is about one token alone."""
    if isinstance(about, ChangeRequest):
        about = about.targets[0] if len(about.targets) == 1 else None
    if about is None:
        return None, None
    return about.instance or None, about.authorization_id


def what_was_asked(request: ChangeRequest) -> str:
    """Name what a request asks for; an undo by that, whatever it sets, and so a leak's report."""
    if request.leak is not None:
        return "leak"
    return "undo" if request.undo_of else request.kind.value


def visible(authorization: Authorization | None) -> dict[str, str] | None:
    """Give what the record keeps of an authorization."""
    if authorization is None:
        return None
    return {
        "status": authorization.status.value,
        "description": authorization.description,
        "revision": str(authorization.revision),
    }


def telling(detail: dict[str, object]) -> dict[str, object]:
    """Leave out what says nothing."""
    return {key: value for key, value in detail.items() if value not in (None, "")}
