import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
_OTHERS = (
    ("a Slack token", "in Slack", r"\b(?:xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"),
    ("an InfluxDB 3 token", "in InfluxDB 3", r"\bapiv3_[A-Za-z0-9_\-]{20,}"),
    ("a GitHub token", "at GitHub", r"\b(?:gh[oprsu]_[\w.\-]{20,}|github_pat_\w{20,})"),
    ("a GitLab token", "at GitLab", r"\bglpat-[\w.\-]{20,}"),
    ("a Grafana token", "in Grafana", r"\bglsa_\w{20,}"),
    ("a Vault token", "in Vault", r"\bhvs\.[\w\-]{20,}"),
    ("an AWS access key", "in AWS", r"\bAKIA[A-Z0-9]{16}"),
    ("an npm token", "at npm", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("a PyPI token", "at PyPI", r"\bpypi-[\w\-]{40,}"),
    (
        "a Slack webhook",
        "in Slack",
        r"\bhooks\.slack(?:-gov)?\.com/(?:services|commands|actions|workflows|triggers)/[\w/\-]{10,}",
    ),
    (
        "a private key",
        "wherever it is trusted",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\w+/=]*-----END [A-Z ]*PRIVATE KEY-----)?",
    ),
)
_PREFIXED = re.compile("|".join(pattern for _, _, pattern in _OTHERS))
# JSON web tokens, from where one may begin to the dot, and behind it.
_HEADER = re.compile(r"\beyJ[A-Za-z0-9_-]{8}")
_BEFORE_DOT = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{11,}+(?=\.[A-Za-z0-9_-]{8})")
_BEHIND = re.compile(r"(?:\.[A-Za-z0-9_-]*)+")
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
    return bool(_shaped(text)) or next(_random_runs(text), None) is not None


def holds_secret(text: str) -> bool:
    """Tell whether what somebody typed holds what looks like a secret, and must not be stored."""
    # Copied out of an address, a token's signs may be percent-encoded.
    return looks_like_secret(text) or looks_like_secret(unquote(text))


def of_another_product(text: str) -> tuple[str, str] | None:
    """Name the product's secret that a text plainly holds, and where it is revoked."""
    for written in (text, unquote(text)):
        for name, where, pattern in _OTHERS:
            if re.search(pattern, written) is not None:
                return name, where
        if next(_web_tokens(written), None) is not None:
            return "a JSON Web Token", "where it was issued"
    return None


def minted_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Find what may be one of InfluxDB's API tokens, each with its place in the text.

    A token's padding is often lost on the way, or written as URLs do; it is given back. Other
    products' secrets are nothing that InfluxDB should see.
    """
    others = _shaped(text)
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
    masked = _masked(text, _shaped(text))
    return _masked(masked, (run.span() for run in _random_runs(masked)))


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], MASK]
        last = end
    return "".join([*pieces, text[last:]])


def _shaped(text: str) -> list[tuple[int, int]]:
    """Find the secrets that are known by their shape, each with its place; what overlaps is one."""
    places: list[tuple[int, int]] = []
    found = [each.span() for each in _PREFIXED.finditer(text)]
    for start, end in sorted([*found, *_web_tokens(text)]):
        if places and start < places[-1][1]:
            places[-1] = places[-1][0], max(end, places[-1][1])
        else:
            places.append((start, end))
    return places


def _web_tokens(text: str) -> Iterator[tuple[int, int]]:
    """Find JSON web tokens, each with its place, in time that grows as the text does.

    A run of their characters is read to its dot once, not from everywhere in it that one may begin.
    """
    last = 0
    for run in _BEFORE_DOT.finditer(text):
        if run.start() < last:
            continue
        header = _HEADER.search(text, run.start(), run.end())
        if header is not None and (behind := _BEHIND.match(text, run.end())) is not None:
            last = behind.end()
            yield header.start(), last


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
