import re

from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.request import CHANGE_ID_LENGTH

_WRAPPING = "`'\"<>()[]{},;.“”‘’«»"
_AUTHORIZATION_ID = re.compile(r"[0-9a-f]{16}")
_CHANGE_ID = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{CHANGE_ID_LENGTH}}}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
# Crockford's base 32 has no such letters; people read and type them nevertheless.
_MISREAD = str.maketrans("OIL", "011")


def authorization_id(text: str) -> str:
    """Read an authorization's id: 16 hexadecimal digits, in any case, however it was pasted.

    Raises:
        UserError: If it is none; nothing is ever done by a part of an id.
    """
    bare = text.strip(_WRAPPING).lower()
    if _AUTHORIZATION_ID.fullmatch(bare) and set(bare) != {"0"}:
        return bare
    raise UserError(
        Problem(
            ErrorCode.USAGE,
            f"“{_shortened(text)}” is not an authorization's id: that has 16 hexadecimal digits, "
            "such as 0d0d0d0d0d0d0003. Nothing was changed.",
            "Find the id with list and a word of the description.",
        )
    )


def looks_like_authorization_id(text: str) -> bool:
    """Tell whether a text is an authorization's id."""
    return _AUTHORIZATION_ID.fullmatch(text.strip(_WRAPPING).lower()) is not None


def change_id(text: str) -> str:
    """Read a change's id, such as ``7F3K2Q``, in any case; raise UserError if it is none."""
    bare = text.strip(_WRAPPING).upper().translate(_MISREAD)
    if _CHANGE_ID.fullmatch(bare):
        return bare
    raise UserError(
        Problem(
            ErrorCode.USAGE,
            f"“{_shortened(text)}” is not a change's id: that has {CHANGE_ID_LENGTH} letters and "
            "digits, such as 7F3K2Q. Nothing was changed.",
            "The message of a change and the history show it.",
        )
    )


def user_id(text: str) -> str | None:
    """Read a Slack user's id from what is left of a mention, or give None."""
    bare = text.strip(_WRAPPING).lstrip("@")
    return bare if _USER_ID.fullmatch(bare) else None


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
