"""Drawing a Slack message or modal in a terminal, as a person would see it."""

import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bot.block_kit.mrkdwn import read_mrkdwn
from bot.block_kit.reading import Look, Piece, read_blocks
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.workspace import Workspace

_INDENT: Final = "  "
_BOLD, _DIM, _CYAN, _RED, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[31m", "\x1b[0m"
_COLOURS: Final = {
    Look.HEADING: _BOLD,
    Look.CONTEXT: _DIM,
    Look.DIVIDER: _DIM,
    Look.QUOTE: _DIM,
    Look.CONTROLS: _CYAN,
    Look.LABEL: _BOLD,
    Look.ERROR: _RED,
}


def render(message: Message, workspace: Workspace, *, width: int = 80, colour: bool = False) -> str:
    """Draw a message: where, by whom and when, then what it says, wrapped to the width.

    Args:
        message: What to draw.
        workspace: Knows the names.
        width: Columns to stay within.
        colour: Whether to use ANSI escape sequences.

    Raises:
        CannotDrawError: At a block or element without a drawing, rather than leave a gap.
    """
    paint = _paint if colour else _leave_bare
    lines = [paint(_headline(message, workspace), _BOLD)]
    if message.ephemeral_to is not None:
        lines.append(paint(f"{_INDENT}Only visible to you", _DIM))
    if message.deleted:
        lines.append(f"{_INDENT}This message was deleted.")
        return "\n".join(lines)
    lines += _paint_all(_pieces(message, workspace), width, paint)
    if message.edited:
        lines.append(paint(f"{_INDENT}(edited)", _DIM))
    return "\n".join(lines)


def render_view(view: View, *, width: int = 80, colour: bool = False) -> str:
    """Draw the modal in front of a person: its title, what it says, its inputs and its buttons.

    Args:
        view: What to draw.
        width: Columns to stay within.
        colour: Whether to use ANSI escape sequences.

    Raises:
        CannotDrawError: At a block or element without a drawing, rather than leave a gap.
    """
    paint = _paint if colour else _leave_bare
    pieces = [Piece(Look.ERROR, view.trouble)] if view.trouble else []
    pieces += [*view.pieces, Piece(Look.CONTROLS, view.controls)]
    lines = [paint(_visible(f"Modal · {view.title}"), _BOLD)]
    return "\n".join(lines + _paint_all(pieces, width, paint))


def _headline(message: Message, workspace: Workspace) -> str:
    names = workspace.reader().names
    author = workspace.installation.bot_user_id if message.user == "bot" else message.user
    channel = workspace.channels[message.channel]
    if channel.is_im:
        others = ", ".join(names.get(member, member) for member in sorted(channel.members))
        place = f"Direct message with {others}"
    else:
        place = f"#{channel.name}"
    if message.thread_ts is not None:
        place += ", in a thread"
    return _visible(f"{place} · {names.get(author, author).removeprefix('@')}")


def _pieces(message: Message, workspace: Workspace) -> list[Piece]:
    reader = workspace.reader()
    if not message.blocks:
        return [Piece(Look.TEXT, read_mrkdwn(message.text, reader))]
    return list(read_blocks(message.blocks, reader))


def _paint_all(pieces: Sequence[Piece], width: int, paint: Callable[[str, str], str]) -> list[str]:
    room = max(width - len(_INDENT), 20)
    return [
        _INDENT + paint(line, _COLOURS.get(look, "")) if line else ""
        for look, drawn in _draw(pieces, room)
        for line in drawn
    ]


def _draw(pieces: Sequence[Piece], room: int) -> Iterator[tuple[Look, list[str]]]:
    """Draw piece after piece; fields that follow each other stand in two columns."""
    fields: list[str] = []
    for piece in pieces:
        if piece.look is Look.FIELD:
            fields.append(piece.text)
            continue
        yield from _columns(fields, room)
        fields = []
        yield piece.look, _draw_piece(piece, room)
    yield from _columns(fields, room)


def _draw_piece(piece: Piece, room: int) -> list[str]:
    match piece.look:
        case Look.DIVIDER:
            return ["─" * room]
        case Look.QUOTE:
            return [f"│ {line}" for line in _wrap(piece.text, room - 2)]
        case Look.CODE:
            # Code keeps its line breaks, so that an id can be copied whole.
            return [f"{_INDENT}{line}" for line in _visible(piece.text).split("\n")]
        case Look.ITEM:
            margin = _INDENT * piece.indent
            first, *others = _wrap(piece.text, room - len(margin) - 2)
            return [margin + first, *(f"{margin}  {line}" for line in others)]
        case _:
            return _beside(_wrap(piece.text, room), _visible(piece.aside), room)


def _beside(lines: list[str], aside: str, room: int) -> list[str]:
    """Put a section's accessory at the right of its first line, or beneath if it is too wide."""
    if not aside:
        return lines
    gap = room - len(lines[0]) - len(aside)
    if gap < 2:
        return [*lines, aside]
    return [lines[0] + " " * gap + aside, *lines[1:]]


def _columns(fields: Sequence[str], room: int) -> Iterator[tuple[Look, list[str]]]:
    column = room // 2 - 1
    for index in range(0, len(fields), 2):
        left = _wrap(fields[index], column)
        right = _wrap(fields[index + 1], column) if index + 1 < len(fields) else []
        height = max(len(left), len(right))
        left += [""] * (height - len(left))
        right += [""] * (height - len(right))
        pairs = zip(left, right, strict=True)
        yield Look.FIELD, [f"{one:<{column}}  {two}".rstrip() for one, two in pairs]


def _wrap(text: str, room: int) -> list[str]:
    return [
        line
        for paragraph in _visible(text).split("\n")
        for line in textwrap.wrap(paragraph, room, break_on_hyphens=False) or [""]
    ]


def _visible(text: str) -> str:
    """Replace what would steer the terminal or turn the reading direction."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if character != "\n" and unicodedata.category(character) in {"Cc", "Cf"}
        else character
        for character in text
    )


def _paint(text: str, colour: str) -> str:
    return f"{colour}{text}{_PLAIN}" if colour else text


def _leave_bare(text: str, _colour: str) -> str:
    return text
