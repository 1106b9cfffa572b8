import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from urllib.parse import unquote

from bot.changes.unseen import CONTROL, INVISIBLE

# Pages and chats put some into what is copied from them, and they do not show; control characters
# are dropped from what is stored. Neither hides a secret.
_UNSEEN = CONTROL + INVISIBLE
MINTED = 86
"""How long a token is that InfluxDB mints: 64 random bytes in URL-safe base 64, and its padding."""
PADDING = "=="
# Shorter runs are held back too: people paste halves, and other products' secrets.
_LIKE_MINTED = 70
_NOT_SHOWN = re.compile(f"[{_UNSEEN}]")
_RUN = re.compile(rf"[A-Za-z0-9_\-+{_UNSEEN}]{{40,}}(?:=[{_UNSEEN}]*){{0,2}}")
_PREFIXED = re.compile(
    r"\b(?:xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|apiv3_[A-Za-z0-9_\-]{20,}"
    r"|gh[oprsu]_[\w.\-]{20,}|github_pat_\w{20,}|glpat-[\w.\-]{20,}|glsa_\w{20,}|hvs\.[\w\-]{20,}"
    r"|AKIA[A-Z0-9]{16}|npm_[A-Za-z0-9]{30,}|pypi-[\w\-]{40,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*"
    r"|hooks\.slack(?:-gov)?\.com/(?:services|commands|actions|workflows|triggers)/[\w/\-]{10,})"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\w+/=]*-----END [A-Z ]*PRIVATE KEY-----)?"
)
# Slack's, of ten characters after their prefix.
_SHORTEST = 15
MASK = "(hidden: looks like a secret)"

# Documents are shared by addresses whose paths hold random ids: those are what people give as a
# reason, and are no API token unless they are as long as one.
_PATH = re.compile(r"https?://[^\s/?#<>|\"'`]+(/[^\s?#<>|\"'`]*)")
_PARTED = re.compile(r"[A-Za-z0-9]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_WORD_WITHIN = re.compile(r"[A-Z][a-z]{2,}|[a-z]{3,}|[A-Z]{4,}")
# What is left of a run without its words: six tenths of random base 64, and hardly less than a
# quarter; nearly nothing of what people join by hyphens or capitals. The longer, the surer.
_LEFT_OF_MINTED = 0.15
_LEFT_OF_SHORTER = 0.23


def looks_like_secret(text: str) -> bool:
    """Tell whether a text holds something in the shape of an API token or another credential.

    A run of 40 or more characters counts if it mixes upper case, lower case and digits as only
    chance does: words, hexadecimal digests and addresses pass.
    """
    return _PREFIXED.search(text) is not None or next(_random_runs(text), None) is not None


def holds_secret(text: str) -> bool:
    """Tell whether what somebody typed holds what looks like a secret, and must not be stored."""
    # Copied out of an address, a token's signs may be percent-encoded.
    return looks_like_secret(text) or looks_like_secret(unquote(text))


def minted_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Find what may be one of InfluxDB's API tokens, each with its place in the text.

    A token's padding is often lost on the way, or written as URLs do; it is given back. Other
    products' secrets are nothing that InfluxDB should see.
    """
    others = [found.span() for found in _PREFIXED.finditer(text)]
    for run in _random_runs(text):
        if any(start < run.end() and run.start() < end for start, end in others):
            continue
        bare = _NOT_SHOWN.sub("", run.group()).rstrip("=")
        padding = PADDING if len(bare) == MINTED else "=" * run.group().count("=")
        yield f"{bare}{padding}", run.start(), run.end()


def mask_secrets(text: str) -> str:
    """Replace whatever looks like a secret, so that the rest of a text can be shown."""
    if len(text) < _SHORTEST:
        return text
    masked = _PREFIXED.sub(MASK, text)
    pieces, end = [], 0
    for run in _random_runs(masked):
        pieces += [masked[end : run.start()], MASK]
        end = run.end()
    return "".join([*pieces, masked[end:]])


def _random_runs(text: str) -> Iterator[re.Match[str]]:
    """Find the runs that mix characters as only chance does, in time that grows as the text does.

    Others choose these texts: to look for all addresses anew at each run took minutes for one of a
    megabyte.
    """
    runs = list(_RUN.finditer(text))
    paths = [path.span(1) for path in _PATH.finditer(text)] if runs else []
    return (run for run in runs if _random(run, paths))


def _random(run: re.Match[str], paths: Sequence[tuple[int, int]]) -> bool:
    characters = _NOT_SHOWN.sub("", run.group())
    parts = _PARTED.findall(characters)
    length = sum(len(part) for part in parts)
    minted = length >= _LIKE_MINTED
    if minted and characters.endswith(PADDING):
        return True
    if not minted and _within(paths, run.start()):
        return False
    mixed = [part for part in parts if _WORD.fullmatch(part) is None]
    left = _WORD_WITHIN.sub("", "".join(mixed))
    if {_character_class(character) for character in left} != {"upper", "lower", "digit"}:
        return False
    return len(left) >= length * (_LEFT_OF_MINTED if minted else _LEFT_OF_SHORTER)


def _within(spans: Sequence[tuple[int, int]], position: int) -> bool:
    """Tell whether a place is within one of several spans, which are in their order."""
    before = bisect_right(spans, position, key=itemgetter(0))
    return before > 0 and position < spans[before - 1][1]


def _character_class(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "upper" if character.isupper() else "lower"
