"""docs/security.md names tests that there are."""

import re

from tests.documents.pages import ROOT, rows, text_of

PAGE = "docs/security.md"


def test_every_test_that_the_page_names_exists() -> None:
    """What is said to be shown by a test is, as far as the test is there."""
    named = re.findall(r"`(tests/[\w/]+\.py)`", text_of(PAGE))

    assert len(named) > 15
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_each_check_names_its_test() -> None:
    """No check is claimed without what shows it."""
    claimed = rows(PAGE, "## What is checked where")

    assert [row[0] for row in claimed if "`tests/" not in row[2]] == []
