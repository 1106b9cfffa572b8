"""What is suggested where an id is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.secret import MASK
from bot.changes.suggestions import closest, did_you_mean
from tests.changes.minted import MINTED
from tests.changes.samples import IDS, UNHURRIED, authorization

KNOWN = [
    authorization(id="0e840d0499003003", description="telegraf on edge-42"),
    authorization(id="0e840d0499003004", description="grafana"),
    authorization(id="0f76063d96003003", description=""),
    authorization(id="ffffffffffffffff", description="far away"),
]


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("0e840d0499003003", ["0e840d0499003003", "0e840d0499003004"]),
        ("0e840d0499003030", ["0e840d0499003003", "0e840d0499003004"]),
        ("0e840d0499003008", ["0e840d0499003003", "0e840d0499003004"]),
        ("ffffffffffffffaf", ["ffffffffffffffff"]),
        # Three digits of four are enough.
        ("ffffffffffff1111", ["ffffffffffffffff"]),
        ("fffffffffff11111", []),
        ("1234567812345678", []),
        # Whoever types the beginning of an id means what begins so, however like others are.
        ("0e840d04", ["0e840d0499003003", "0e840d0499003004"]),
        ("0f7", ["0f76063d96003003"]),
        ("0e840d049900300", ["0e840d0499003003", "0e840d0499003004"]),
    ],
)
def test_the_likest_ids_come_first(typed: str, suggested: list[str]) -> None:
    """Swapped and mistyped digits find their id; what is like nothing finds nothing."""
    assert [found.id for found in closest(typed, KNOWN)] == suggested


def test_a_beginning_suggests_nothing_else() -> None:
    """However like others are: whoever has copied half an id has mistyped nothing."""
    alike = authorization(id="0e840d0499013003")

    assert alike in closest("0e840d0499003003", [*KNOWN, alike])
    assert alike not in closest("0e840d049900300", [*KNOWN, alike])


def test_three_are_enough() -> None:
    """Among many that are alike, three are suggested, in the order of their ids."""
    many = [authorization(id=f"0e840d049900300{digit}") for digit in "7654321"]

    assert [found.id[-1] for found in closest("0e840d0499003000", many)] == ["1", "2", "3"]


def test_descriptions_stand_beside_the_ids() -> None:
    """One sentence; what has no description says so."""
    found = [KNOWN[0], authorization(id="0e840d0499003004", description="")]

    assert did_you_mean("0e840d0499003005", found) == (
        "Did you mean 0e840d0499003003 (telegraf on edge-42) or 0e840d0499003004 (no description)?"
    )


def test_nothing_alike_is_no_sentence() -> None:
    """Without a good suggestion there is none."""
    assert did_you_mean("1234567812345678", KNOWN) == ""


def test_a_secret_in_a_description_is_not_repeated() -> None:
    """People put tokens into descriptions, too."""
    known = [authorization(description=f"token {MINTED}")]

    assert did_you_mean("0d0d0d0d0d0d0004", known) == (
        f"Did you mean 0d0d0d0d0d0d0003 (token {MASK})?"
    )


@UNHURRIED
@given(st.lists(IDS, max_size=8), IDS)
def test_only_what_is_known_is_suggested(known: list[str], typed: str) -> None:
    """At most three, each of them known, and the very id first if it is there."""
    found = [each.id for each in closest(typed, [authorization(id=i) for i in known])]

    assert len(found) <= 3
    assert set(found) <= set(known)
    assert typed not in known or found[0] == typed
