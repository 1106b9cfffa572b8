"""What is written on the page can be read, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "bot" / "sandbox" / "page" / "static" / "colours.css"
LIGHT, DARK = CSS.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
AVATARS = re.findall(r"--hue: (#\w{6})", DARK)

GROUNDS = ("ground", "side", "panel", "raised", "hover", "private", "accent-soft")
ON_GROUNDS = [(ink, ground) for ink in ("ink", "soft", "link") for ground in GROUNDS]
PAIRS = [
    *ON_GROUNDS,
    ("on-accent", "accent"),
    ("bad", "bad-soft"),
    ("bad", "raised"),
    ("bad", "panel"),
    ("on-bad", "bad"),
    ("good", "good-soft"),
    ("off", "off-soft"),
    ("mention", "mention-ground"),
    ("code", "code-ground"),
    ("ink", "code-ground"),
    ("ink", "off-soft"),
]


def colours(css: str) -> dict[str, str]:
    """Give the colours by their names."""
    return dict(re.findall(r"--([\w-]+): (#\w{6});", css))


def luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("css", [LIGHT, DARK.partition(".hue")[0]], ids=["light", "dark"])
def test_text_has_enough_contrast(css: str) -> None:
    """4.5 to 1 is what WCAG asks of text at level AA, and 3 to 1 of what one presses."""
    there = colours(css)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)

    text = {pair: round(contrast(there[pair[0]], there[pair[1]]), 2) for pair in PAIRS}
    edges = {ground: round(contrast(there["edge"], there[ground]), 2) for ground in GROUNDS[:4]}

    assert {pair: found for pair, found in text.items() if found < 4.5} == {}
    assert {ground: found for ground, found in edges.items() if found < 3} == {}


def test_initials_can_be_read() -> None:
    """They are white on each person's colour."""
    assert len(AVATARS) == 9
    assert [colour for colour in AVATARS if contrast("#ffffff", colour) < 4.5] == []
