"""Characters that do not show, as ranges for a regular expression's class."""

CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Control characters; tabs and new lines are none of them."""

SURROGATES = r"\ud800-\udfff"
"""Halves of a surrogate pair, which JSON can hold, and no database does."""

# What Unicode counts as format (Cf): zero-width characters, the marks that turn the direction of
# writing, and tags.
_FORMAT = (
    r"\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
# Letters and marks that show nothing, though Unicode does not count them as such.
_BLANK = r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0"

INVISIBLE = _FORMAT + _BLANK
"""Everything else that shows nothing by itself, or only turns or chooses what does."""
