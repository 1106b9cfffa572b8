"""What the pages quote of the bot stands in its code."""

import re

import pytest

from tests.documents.pages import text_of
from tests.documents.sayings import texts

# InfluxDB's and Slack's own words, and what people may write.
OTHERS = {"did not respond"}
# Buttons of Slack's settings.
SLACKS = {"Regenerate", "Revoke"}
SAID = "\n".join(texts())


@pytest.mark.parametrize("page", ["docs/runbook.md"])
def test_what_is_quoted_is_said(page: str) -> None:
    """Whoever searches for the words that they read finds them."""
    quoted = {" ".join(each.split()) for each in re.findall(r"“([^”]+)”", text_of(page))} - OTHERS

    assert quoted
    assert sorted(each for each in quoted if not re.search(_pattern(each), SAID)) == []


def test_every_button_that_the_runbook_names_exists() -> None:
    """What is set in bold as something to press is a button's or a shortcut's text."""
    pressed = set(re.findall(r"\*\*([A-Z][\w ]+)\*\*", text_of("docs/runbook.md"))) - SLACKS

    assert pressed
    assert sorted(each for each in pressed if f"\n{each}\n" not in f"\n{SAID}\n") == []


def _pattern(words: str) -> str:
    """Let what stands for an id or a number be what differs in the code."""
    return re.sub(r"\bCHANGE\b|\bID\b|\bN\b", "…", re.escape(words))
