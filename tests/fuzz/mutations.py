"""What may become of a JSON value on its way: structural changes, one after another."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import AWKWARD, ORPHAN, TELEGRAF_EDGE_42
from tests.fuzz.canaries import TYPED

Path = tuple[str | int, ...]

MISCHIEF = (
    "",
    "<!channel>",
    "<!here|x>",
    "<@U0MALLORY>",
    "<!subteam^S0SECURITY>",
    "<https://evil.example|click>",
    "*bold* _it_ ~s~ `code` &lt;!channel&gt; &amp;",
    "@channel @everyone #incidents",
    "\u202eright to left\u2066\u200b\ufeff",
    "a\nb\r\n\tc\x00\x07\x1b[31m\x7f\x85",
    "\u2028\u2029\U000e0041",
    "\ud800",
    "x\udfff\ud83d",
    "👩‍👩‍👧‍👦" * 40,
    "‘“–—”’",
    "'; DROP TABLE requests; --",
    '{}[]"\\',
    "../../etc/passwd",
    "%s%n{0}{name}$(id)`id`",
    "0" * 16,
    "-1",
    "x" * 3001,
    "w " * 6_000,
    TYPED,
    f"secret {TYPED} in words",
    f"?token={TYPED.replace('=', '%3D')}",
)
"""Texts that have done harm to somebody once."""
OTHERS = (
    cast.BOB,
    cast.MALLORY,
    cast.GUEST,
    cast.GONE,
    cast.VISITOR,
    "T0VISITOR",
    "T0HOME",
    cast.SECURITY,
    cast.SHARED,
    cast.ONCALL_GROUP,
    "D0ALICE",
    TELEGRAF_EDGE_42,
    ORPHAN,
    AWKWARD,
    "default",
    "ABC123",
)
"""Names of what there is, in places that are not theirs."""

_NUMBERS = st.sampled_from([0, -1, 1, 2**31, 2**63, 10**30, 1e308, float("nan"), float("inf")])
texts = st.sampled_from([*MISCHIEF, *OTHERS]) | st.text(max_size=20)
scalars = st.none() | st.booleans() | _NUMBERS | texts
values = st.one_of(
    scalars,
    st.sampled_from([[], {}, [[]], [{}], {"": None}, {"id": {}}, [None, 1]]),
    st.integers(2, 600).map(lambda depth: json.loads("[" * depth + "]" * depth)),
    st.lists(scalars, max_size=3),
    st.dictionaries(st.sampled_from(["id", "type", "value", "x"]), scalars, max_size=3),
)


@dataclass(frozen=True)
class Mutation:
    """One change of a JSON value.

    Attributes:
        name: What is done, for whoever reads a failure.
        at: Which part it befalls, counted through all of them.
        to: What comes there, where something does.
    """

    name: str
    at: int
    to: Any = None

    def __call__(self, value: Any) -> Any:
        """Give the value as it is then; the one that was given stays as it is."""
        spots = list(_spots(value))
        return _CHANGES[self.name](copy.deepcopy(value), spots, self)


def mutations(most: int) -> st.SearchStrategy[list[Mutation]]:
    """Give up to so many changes, one after another."""
    at = st.integers(0, 400)
    return st.lists(
        st.one_of(
            st.builds(Mutation, st.just("replace"), at, values),
            st.builds(Mutation, st.just("retext"), at, texts),
            st.builds(Mutation, st.sampled_from(["remove", "nest", "wrap", "text", "enlarge"]), at),
            st.builds(Mutation, st.sampled_from(["exchange", "copy"]), at, st.integers(0, 400)),
            st.builds(Mutation, st.just("add"), at, values),
        ),
        max_size=most,
    )


def mutated(value: Any, changes: Sequence[Mutation]) -> Any:
    """Carry out changes, one after another."""
    for change in changes:
        value = change(value)
    return value


def _spots(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from _spots(value[key], (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value[:20]):
            yield from _spots(each, (*path, index))


def _part(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    _part(value, path[:-1])[path[-1]] = new
    return value


def _changed(change: Callable[[Any], Any]) -> Callable[[Any, list[Path], Mutation], Any]:
    def changed(value: Any, spots: list[Path], mutation: Mutation) -> Any:
        path = spots[mutation.at % len(spots)]
        return _put(value, path, change(_part(value, path)))

    return changed


def _replaced(value: Any, spots: list[Path], mutation: Mutation) -> Any:
    return _put(value, spots[mutation.at % len(spots)], copy.deepcopy(mutation.to))


def _retexted(value: Any, spots: list[Path], mutation: Mutation) -> Any:
    """Put another text where one is: what is of the right kind goes further than what is not."""
    texts = [path for path in spots if isinstance(_part(value, path), str)]
    return _put(value, texts[mutation.at % len(texts)], mutation.to) if texts else value


def _removed(value: Any, spots: list[Path], mutation: Mutation) -> Any:
    path = spots[mutation.at % len(spots)]
    if not path:
        return {}
    del _part(value, path[:-1])[path[-1]]
    return value


def _exchanged(value: Any, spots: list[Path], mutation: Mutation) -> Any:
    one, other = spots[mutation.at % len(spots)], spots[mutation.to % len(spots)]
    if one == other[: len(one)] or other == one[: len(other)]:
        return value
    first, second = _part(value, one), _part(value, other)
    return _put(_put(value, one, second), other, first)


def _copied(value: Any, spots: list[Path], mutation: Mutation) -> Any:
    taken = copy.deepcopy(_part(value, spots[mutation.to % len(spots)]))
    return _put(value, spots[mutation.at % len(spots)], taken)


def _added(value: Any, spots: list[Path], mutation: Mutation) -> Any:
    part = _part(value, spots[mutation.at % len(spots)])
    if isinstance(part, dict):
        part["enterprise_id" if len(part) % 2 else "x"] = copy.deepcopy(mutation.to)
    elif isinstance(part, list):
        part.insert(0, copy.deepcopy(mutation.to))
    return value


def _enlarged(part: Any) -> Any:
    """Give much more of it, but not so much that four times in a row are more than Slack sends."""
    if isinstance(part, str):
        return ((part or "x") * 400)[: max(20_000, len(part))]
    if isinstance(part, list):
        return part * 8
    if isinstance(part, dict):
        return {**part, **{f"extra_{number}": "x" for number in range(60)}}
    return [part] * 200


_CHANGES: dict[str, Callable[[Any, list[Path], Mutation], Any]] = {
    "replace": _replaced,
    "retext": _retexted,
    "remove": _removed,
    "exchange": _exchanged,
    "copy": _copied,
    "add": _added,
    "nest": _changed(lambda part: {"value": part}),
    "wrap": _changed(lambda part: [part]),
    "text": _changed(str),
    "enlarge": _changed(_enlarged),
}
