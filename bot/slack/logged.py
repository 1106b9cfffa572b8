"""What stands on every log line about what Slack sent, from the front to its last task.

It is bound where something comes in, and tasks that begin from there carry it on; whoever takes it
up later, or in another process, binds it again.
"""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from structlog.contextvars import bound_contextvars

from bot.changes.asking import Received, request_id
from bot.commands.answers import Accepted, Answer, Moved
from bot.commands.identifiers import as_change_id
from bot.commands.undo import SUBCOMMAND as UNDO
from bot.slack.blocks.action_ids import ActionId
from bot.slack.forms.metadata import unpacked

# Whatever Slack calls a person; nothing else of a payload may stand in a line as one.
_PERSON = re.compile(r"[A-Z0-9]{1,32}")


def as_sent(delivery: str, body: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Have each line within say which request it is about, who sent it, and about which change.

    Args:
        delivery: What tells a repeat of it.
        body: What Slack sent, as far as the listeners read it.
    """
    user = body.get("user_id") or _inside(body, "user", "id") or _inside(body, "event", "user")
    actions = body.get("actions") or [{}]
    about = (
        _pressed(actions[0].get("action_id"), actions[0].get("value"))
        or _submitted(_inside(body, "view", "private_metadata"))
        or _typed(body.get("text"))
    )
    return _bound(delivery, user, about)


def as_received(received: Received) -> AbstractContextManager[None]:
    """Have each line within say the same of what was stored to be decided later."""
    content = received.content
    about = (
        _pressed(content.get("action"), content.get("value"))
        or as_change_id(content.get("change", ""))
        or _typed(content.get("text"))
    )
    return _bound(received.ask.delivery, received.ask.person.user_id, about)


def as_answered(answer: Answer | None) -> AbstractContextManager[None]:
    """Have each line within say which change was stored, or moved on."""
    if isinstance(answer, Accepted | Moved):
        return bound_contextvars(change=answer.request.id)
    return bound_contextvars()


def _bound(delivery: str, user: object, change: str | None) -> AbstractContextManager[None]:
    known = isinstance(user, str) and _PERSON.fullmatch(user) is not None
    about = {} if change is None else {"change": change}
    return bound_contextvars(
        request_id=request_id(delivery), actor=user if known else "unknown", **about
    )


def _pressed(action: object, value: object) -> str | None:
    """Name the change that a button is about, if it is about one."""
    if not isinstance(action, str) or not isinstance(value, str):
        return None
    name, _, _ = action.partition(":")
    change, _, _ = value.partition(":")
    about_change = name in set(ActionId) and ActionId(name).about_change
    return as_change_id(change) if about_change else None


def _submitted(metadata: object) -> str | None:
    """Name the change that a form is about, if it is about one."""
    about = unpacked(metadata).about if isinstance(metadata, str) else {}
    return as_change_id(about.get("change", ""))


def _typed(text: object) -> str | None:
    """Name the change whose undo is typed, if that is."""
    words = text.split(maxsplit=2) if isinstance(text, str) else []
    if len(words) < 2 or words[0].lower() != UNDO.name:
        return None
    return as_change_id(words[1])


def _inside(body: Mapping[str, Any], key: str, inner: str) -> object:
    value = body.get(key)
    return value.get(inner) if isinstance(value, Mapping) else None
