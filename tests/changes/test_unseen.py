"""What does not show is written down once, for what is typed, pasted, hidden and shown."""

import re
import sys
import unicodedata

from bot.changes.secret import MASK, holds_secret
from bot.changes.unseen import CONTROL, INVISIBLE, SURROGATES
from bot.slack.blocks.rich import shown
from tests.changes.minted import MINTED

UNSEEN = re.compile(f"[{CONTROL}{INVISIBLE}{SURROGATES}]")
CATEGORIES = {"Cc", "Cf", "Cs"}


def test_all_of_it_is_there() -> None:
    """Each character that is control, format or surrogate, but for tabs and new lines."""
    signs = (chr(code) for code in range(sys.maxunicode + 1))
    unseen = (sign for sign in signs if unicodedata.category(sign) in CATEGORIES)

    assert [f"{ord(sign):x}" for sign in unseen if UNSEEN.fullmatch(sign) is None] == ["9", "a"]


def test_none_of_it_hides_a_secret() -> None:
    """A secret that a tag or a filler parts is refused, as it is hidden where it would be shown."""
    for sign in ("\u200b", "\u3164", "\ufe0f", "\U000e0041"):
        parted = sign.join((MINTED[:20], MINTED[20:40], MINTED[40:60], MINTED[60:]))

        assert holds_secret(parted)
        assert shown(f"rotate {parted}") == f"rotate {MASK}"
