import re

from bot.changes.change_ids import CHANGE_ID_LENGTH
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.locating import FIND_THE_ID
from bot.commands.grammar import straight

# What comes along when an id is copied out of a sentence, a message or JSON.
_WRAPPING = "`'\"<>()[]{},;:.*_~“”„‟‘’«» "
_AUTHORIZATION_ID = re.compile(r"[0-9a-f]{16}")
_PART = re.compile(r"[0-9a-f]{7,24}")
_CHANGE_ID = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{CHANGE_ID_LENGTH}}}")
_USER_ID = re.compile(r"[UW][A-Z0-9]+")
# Crockford's base 32 has no such letters; people read and type them nevertheless.
_MISREAD = str.maketrans("OIL", "011")


class PartOfIdError(UserError):
    """What was typed is no id, and may be one that was cut off or has grown.

    Args:
        problem: What is told.
        part: What was typed, in lower case.
    """

    def __init__(self, problem: Problem, part: str) -> None:
        super().__init__(problem)
        self.part = part


def authorization_id(text: str) -> str:
    """Read an authorization's id: 16 hexadecimal digits, in any case, however it was pasted.

    Raises:
        UserError: If it is none; nothing is ever done by a part of an id.
    """
    found = as_authorization_id(text)
    if found is not None:
        return found
    problem = Problem(
        ErrorCode.USAGE,
        f"“{_shortened(text)}” is not an authorization's id: that has 16 hexadecimal digits, "
        "such as 0d0d0d0d0d0d0003.",
        FIND_THE_ID,
    )
    bare = _bare(text).lower()
    if _PART.fullmatch(bare):
        raise PartOfIdError(problem, bare)
    raise UserError(problem)


def as_authorization_id(text: str) -> str | None:
    """Read an authorization's id, or give None."""
    bare = _bare(text).lower()
    # InfluxDB takes an id of zeros for none.
    return bare if _AUTHORIZATION_ID.fullmatch(bare) and set(bare) != {"0"} else None


def change_id(text: str) -> str:
    """Read a change's id, such as ``7F3K2Q``, in any case; raise UserError if it is none."""
    found = as_change_id(text)
    if found is not None:
        return found
    raise UserError(
        Problem(
            ErrorCode.USAGE,
            f"“{_shortened(text)}” is not a change's id: that has {CHANGE_ID_LENGTH} letters and "
            "digits, such as 7F3K2Q.",
            "The message of a change and the history show it.",
        )
    )


def as_change_id(text: str) -> str | None:
    """Read a change's id, or give None."""
    bare = _bare(text).upper().translate(_MISREAD)
    return bare if _CHANGE_ID.fullmatch(bare) else None


def user_id(text: str) -> str | None:
    """Read a Slack user's id from what is left of a mention, or give None.

    Without the @, what could be a change's id is one: some begin with W as well.
    """
    bare = _bare(text).lstrip("@")
    if not _bare(text).startswith("@") and _CHANGE_ID.fullmatch(bare):
        return None
    return bare if _USER_ID.fullmatch(bare) else None


def _bare(text: str) -> str:
    return straight(text).strip(_WRAPPING)


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
