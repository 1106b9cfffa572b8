from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bench.results import BEGIN, END, printed, summary, with_summary, written
from tests.bench.samples_of import FINDINGS

ROOT = Path(__file__).parents[2]


def test_what_is_written(snapshot: SnapshotAssertion) -> None:
    """RESULTS.md has every figure beside what it is compared to, and whether the target is met."""
    assert written(["Measured on a machine"], FINDINGS) == snapshot


def test_what_is_printed(snapshot: SnapshotAssertion) -> None:
    """The terminal shows the same, also where a target is missed."""
    assert "".join(printed(finding) for finding in FINDINGS) == snapshot


def test_the_summary_takes_its_place() -> None:
    """What stood between the marks is replaced, and nothing else; without them nothing is."""
    page = with_summary(f"before\n{BEGIN}\nold\n{END}\nafter\n", FINDINGS)

    assert page == f"before\n{BEGIN}\n\n{summary(FINDINGS)}\n{END}\nafter\n"
    with pytest.raises(ValueError, match="how fast"):
        with_summary("no marks", FINDINGS)


def test_the_readme_has_what_was_measured() -> None:
    """The README's table is that of RESULTS.md."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition(BEGIN)[2].partition(END)[0].strip()

    assert table
    assert table in (ROOT / "bench" / "RESULTS.md").read_text(encoding="utf-8")
