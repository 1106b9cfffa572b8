"""Characters that do not show, as ranges for a regular expression's class."""

CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Control characters; tabs and new lines are none of them."""

INVISIBLE = r"\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Zero-width characters and the marks that turn the direction of writing."""
