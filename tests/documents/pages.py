"""The documents, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
# One within a list is indented.
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        page: The page's path from the root.
        language: What it is said to be.
        text: What stands in it.
    """

    page: str
    language: str
    text: str

    @property
    def title(self) -> str:
        """Name it by its page and its first line."""
        return f"{self.page}: {self.text.splitlines()[0]}"

    def begins(self, words: str) -> bool:
        """Tell whether its page and its first line begin so."""
        return self.title.startswith(words)


def pages() -> list[str]:
    """List every document that people read, but the list of what has changed."""
    below = sorted((ROOT / "docs").rglob("*.md"))
    return ["README.md", "CONTRIBUTING.md", *(each.relative_to(ROOT).as_posix() for each in below)]


def text_of(page: str) -> str:
    """Give a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, *languages: str) -> list[Block]:
    """List the fenced blocks of a page that are in one of some languages."""
    found = (
        Block(page, language, dedent(text)) for _, language, text in _FENCE.findall(text_of(page))
    )
    return [block for block in found if block.language in languages]


def inline(page: str) -> Iterator[str]:
    """Give what a page sets as code within its lines."""
    for each in _CODE.findall(_FENCE.sub("", text_of(page))):
        yield each.replace("\\|", "|")


def rows(page: str, heading: str) -> list[list[str]]:
    """Give the cells of the tables below a heading, up to the next heading."""
    _, found, rest = text_of(page).partition(f"\n{heading}\n")
    assert found, f"{page} has no {heading}"
    below = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in below.splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    titles = {n - 1 for n, line in enumerate(below.splitlines()) if line.startswith("|---")}
    heads = {line for n, line in enumerate(below.splitlines()) if n in titles}
    return [
        [cell.strip() for cell in row]
        for line, row in zip(lines, cells, strict=True)
        if line not in heads
    ]


def anchors(page: str | Path) -> set[str]:
    """Give a page's headings as GitHub makes anchors of them."""
    titles = re.findall(
        r"^#+ (.+)$", _FENCE.sub("", (ROOT / page).read_text("utf-8")), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
