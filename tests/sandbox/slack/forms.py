"""Modals for tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Write a plain_text object."""
    return {"type": "plain_text", "text": text}


def field(block_id: str, label: str, *, optional: bool = False, **element: Any) -> Json:
    """Write an input block; without more it takes text."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "optional": optional,
        "element": {"type": "plain_text_input", "action_id": "answer", **element},
    }


def select(*values: str, kind: str = "static_select") -> Json:
    """Write the keys of an element in which options are chosen."""
    options = [{"text": plain(value.title()), "value": value} for value in values]
    return {"type": kind, "options": options}


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    """Write a modal with a submit button."""
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


REASON = field("reason", "Reason", multiline=True)
DENY = modal(
    "Deny this change?",
    REASON,
    submit=plain("Deny"),
    close=plain("Keep"),
    callback_id="deny_change",
    private_metadata="7F3K2Q",
)
