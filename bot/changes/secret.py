import re
from itertools import pairwise

# A token that InfluxDB mints is 64 random bytes in URL-safe base 64: 86 characters and "==".
# Shorter runs are held back too: people paste halves, and other products' secrets.
# No slash: links to messages and tickets are what people give as a reason.
_RUN = re.compile(r"[A-Za-z0-9_\-+]{40,}={0,2}")
_PREFIXED = re.compile(
    r"\b(?:xox[abeprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|apiv3_[A-Za-z0-9_\-]{20,}"
    r"|gh[opsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|AKIA[A-Z0-9]{16}|glpat-[\w-]{20,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"
)
MASK = "(hidden: looks like a secret)"


# Of two neighbours in random base 64, about 6 in 10 differ in class; in words joined by hyphens
# it is 1 in 10.
_RANDOM_SHARE = 0.3


def looks_like_secret(text: str) -> bool:
    """Tell whether a text holds something in the shape of an API token or another credential.

    A run of 40 or more characters counts if upper case, lower case and digits are mixed as only
    chance mixes them: words, hexadecimal digests and addresses pass.
    """
    return _PREFIXED.search(text) is not None or any(
        _random(run.group()) for run in _RUN.finditer(text)
    )


def mask_secrets(text: str) -> str:
    """Replace whatever looks like a secret, so that the rest of a text can be shown."""
    masked = _PREFIXED.sub(MASK, text)
    return _RUN.sub(lambda run: MASK if _random(run.group()) else run.group(), masked)


def _random(run: str) -> bool:
    classes = [_character_class(c) for c in run if c.isalnum()]
    if set(classes) != {"upper", "lower", "digit"}:
        return False
    changes = sum(a != b for a, b in pairwise(classes))
    return changes >= _RANDOM_SHARE * len(classes)


def _character_class(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "upper" if character.isupper() else "lower"
