"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from bot.cli.commands import table
from bot.commands.registry import Registry, discover
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_commands_are_the_codes() -> None:
    """The table is what `python -m bot commands` prints."""
    _, _, rest = README.partition("and tested -->\n")
    found, _, _ = rest.partition("<!-- end of commands -->")

    assert found.strip() == table(Registry(discover(), "/token"))


def test_every_setting_is_documented() -> None:
    """Each variable stands in the README's table."""
    names = [name.upper() for name in Settings.model_fields]

    assert [name for name in names if f"`{name}`" not in README] == []


def test_every_promise_has_its_tests() -> None:
    """Each test file that the README names is there."""
    named = re.findall(r"`(tests/[\w/]+(?:\.py|/)|test_p\d\w+\.py)`", README)
    places = [
        ROOT / (name if name.startswith("tests/") else f"tests/promises/{name}") for name in named
    ]

    assert len(places) == 15
    assert [str(place) for place in places if not place.exists()] == []


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/configuration.md",
        "docs/operations.md",
    ],
)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link of a document names a file or folder that is there."""
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]

    assert [link for link in links if not ((ROOT / document).parent / link).exists()] == []


def test_every_make_target_of_the_readme_exists() -> None:
    """Whatever `make …` the documents name can be made."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)make ([a-z ]+)", README + contributing, re.MULTILINE)

    assert {word for words in named for word in words.split()} <= set(targets)
