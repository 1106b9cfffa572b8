"""The documents say what the code does."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from bot.changes.states import (
    IllegalTransitionError,
    RequestState,
    TargetState,
    move_request,
    move_target,
)
from bot.cli.commands import table
from bot.commands.registry import Registry, discover
from bot.slack.scopes import NEEDED
from tests.documents.pages import ROOT, anchors, pages, text_of

ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_commands_are_the_codes() -> None:
    """The table is what `python -m bot commands` prints."""
    _, _, rest = README.partition("and tested -->\n")
    found, _, _ = rest.partition("<!-- end of commands -->")

    assert found.strip() == table(Registry(discover(), "/token"))


def test_the_reason_for_each_scope_is_the_codes() -> None:
    """The table has the scopes that the manifest asks for and the check looks for, in words."""
    security = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    _, _, rest = security.partition("and tested -->\n")
    found, _, _ = rest.partition("<!-- end of scopes -->")
    rows = [f"| `{each.name}` | {each.use} | {each.without} |" for each in NEEDED]

    assert found.strip().splitlines()[2:] == rows


def test_every_promise_has_its_tests() -> None:
    """Each test file that the README names is there."""
    named = re.findall(r"`(tests/[\w/]+(?:\.py|/)|test_p\d\w+\.py)`", README)
    places = [
        ROOT / (name if name.startswith("tests/") else f"tests/promises/{name}") for name in named
    ]

    assert len(places) == 20
    assert [str(place) for place in places if not place.exists()] == []


def test_every_module_of_the_heart_is_in_the_table() -> None:
    """Whoever looks for a thought finds its module; ports are named by their folder."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    heart = ROOT / "bot" / "changes"
    modules = [*heart.glob("*.py"), *(heart / "evidence").glob("*.py")]
    names = {path.stem for path in modules} - {"__init__"}

    assert sorted(name for name in names if f"`{name}`" not in table) == []


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    """Every link of a page to another, or to a heading, names what is there."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text_of(page)) if "://" not in link]
    lost = []
    for link in links:
        path, _, anchor = link.partition("#")
        there = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(link)

    assert lost == []


@pytest.mark.parametrize("page", pages())
def test_paths_lead_somewhere(page: str) -> None:
    """Every file and folder of the code and of the tests that a page names is there."""
    named = re.findall(r"(?<![\w/.-])((?:bot|tests)/[\w/.-]*\w/?)", text_of(page))

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_make_target_of_the_readme_exists() -> None:
    """Whatever `make …` the documents name can be made."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)make ([a-z ]+)", README + contributing, re.MULTILINE)

    assert {word for words in named for word in words.split()} <= set(targets)


@pytest.mark.parametrize(
    ("title", "states", "move"),
    [
        ("A request (", RequestState, move_request),
        ("Each of its targets:", TargetState, move_target),
    ],
)
def test_the_diagrams_have_every_arrow(
    title: str, states: type[StrEnum], move: Callable[[Any, Any], object]
) -> None:
    """What the diagrams of the states show is what the code allows."""
    _, _, rest = ARCHITECTURE.partition(f"\n{title}")
    diagram, _, _ = rest.partition("\n```\n")
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)", diagram, re.MULTILINE))

    def allowed(one: StrEnum, other: StrEnum) -> bool:
        try:
            move(one, other)
        except IllegalTransitionError:
            return False
        return True

    arrows = {(one.value, other.value) for one in states for other in states if allowed(one, other)}
    assert drawn == arrows
