"""Take out of what people read what differs from run to run, so that the rest can be compared."""

import re

_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "DATE TIME UTC"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "DATE TIME UTC"),
    (re.compile(r"\d\d:\d\d:\d\d UTC"), "TIME UTC"),
    (
        re.compile(r"\b([Cc]hange|as change|undo of|retry of|again after) [0-9A-HJKMNP-TV-Z]{6}\b"),
        r"\1 ID",
    ),
    (re.compile(r"\b([Ee]rror) [0-9A-HJKMNP-TV-Z]{8}\b"), r"\1 ID"),
    (re.compile(r"\bcreated [^·\n]* ago"), "created AGE ago"),
)


def steady(text: str) -> str:
    """Replace times, ages and drawn ids by words."""
    for pattern, word in _CHANGING:
        text = pattern.sub(word, text)
    return text
