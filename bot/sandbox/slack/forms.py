"""What a person reads in a modal: its blocks, what stands in its inputs, and what is wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.block_kit.mrkdwn import Reader
from bot.block_kit.reading import Look, Piece, read_blocks
from bot.sandbox.slack.inputs import Input, State, inputs_in
from bot.sandbox.slack.messages import Blocks


def read_form(
    blocks: Blocks, state: State, errors: Mapping[str, str], reader: Reader
) -> Iterator[Piece]:
    """Give the pieces of a view's blocks in order.

    Args:
        blocks: The blocks, with their ids.
        state: What is filled in.
        errors: What is wrong with it, by block_id.
        reader: Knows the names.

    Raises:
        CannotDrawError: At a block or element of a type without a drawing.
    """
    for block in blocks:
        if block["type"] != "input":
            yield from read_blocks([block], reader)
            continue
        (field,) = inputs_in([block])
        yield Piece(Look.LABEL, field.label + (" (optional)" if field.is_optional else ""))
        yield Piece(Look.ENTRY, _entry(field, state, reader))
        if field.block_id in errors:
            yield Piece(Look.ERROR, f"Error: {errors[field.block_id]}")
        if "hint" in block:
            yield Piece(Look.CONTEXT, block["hint"]["text"])


def _entry(field: Input, state: State, reader: Reader) -> str:
    content, kind = field.content(state), field.element["type"]
    if kind in {"checkboxes", "radio_buttons"}:
        values = {option["value"] for option in _as_list(content)}
        return "\n".join(
            f"({'x' if option['value'] in values else ' '}) {option['text']['text']}"
            for option in field.element["options"]
        )
    if not content:
        placeholder = field.element.get("placeholder")
        return f"[ {placeholder['text'] if placeholder else ''} ]".replace("  ", " ")
    if kind == "multi_static_select":
        return f"[ {', '.join(option['text']['text'] for option in content)} ]"
    if kind == "users_select":
        return f"[ {reader.names.get(content, content)} ]"
    return f"[ {content if field.is_text else content['text']['text']} ]"


def _as_list(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [content] if content else []
