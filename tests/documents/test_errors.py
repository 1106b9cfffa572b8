"""docs/errors.md has the codes of the code, and quotes what they say."""

from collections import Counter

from bot.changes.errors import ErrorCode
from tests.documents.pages import anchors, rows, text_of
from tests.documents.sayings import problems

PAGE = "docs/errors.md"
ROWS = [
    row for line in text_of(PAGE).splitlines() if line.startswith("## ") for row in rows(PAGE, line)
]


def test_every_code_has_its_row() -> None:
    """Each code once, and none that the code does not have."""
    documented = Counter(row[0].strip("`") for row in ROWS)

    assert documented == Counter(code.value for code in ErrorCode)


def test_what_a_code_says_is_quoted() -> None:
    """The message in each row stands in the code, behind that code."""
    said = set(problems())

    assert [row[0] for row in ROWS if (row[0].strip("`"), row[1]) not in said] == []


def test_each_says_what_to_do() -> None:
    """A row without a way on helps nobody."""
    assert [row[0] for row in ROWS if not row[2] or not row[3]] == []
    assert anchors(PAGE)
