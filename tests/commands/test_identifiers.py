"""Ids, however they were pasted."""

import pytest

from bot.changes.errors import UserError
from bot.commands.grammar import words
from bot.commands.identifiers import (
    as_authorization_id,
    authorization_id,
    change_id,
    user_id,
)

ID = "0d0d0d0d0d0d0003"


@pytest.mark.parametrize(
    "pasted",
    [
        ID,
        ID.upper(),
        f"`{ID}`",
        f"```{ID}```",
        f'"{ID}"',
        f'"{ID}",',
        f"'{ID}'",
        f"“{ID}”",
        f"«{ID}»",
        f"‘{ID}’,",
        f"<{ID}>",
        f"&lt;{ID}&gt;",
        f"({ID})",
        f"[{ID}].",
        f"{ID}:",
        f"*{ID}*",
        f"_{ID}_",
        f"\u200b{ID}\ufeff",
        f'"\u200b{ID}\u200b"',
        f"` {ID} `",
        ID.translate({ord("0"): "\uff10"}),
    ],
)
def test_an_id_is_read_however_it_was_pasted(pasted: str) -> None:
    """In any case, in quotes, code, brackets or bold, with a comma, with what has no width."""
    (word,) = words(pasted)

    assert authorization_id(word.text) == ID


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0d0d",
        ID[:-1],
        ID + "0",
        f"{ID}{ID}",
        "0" * 16,
        f"{ID[:8]} {ID[8:]}",
        f"{ID[:8]}-{ID[8:]}",
        "0x" + ID[2:],
        "g" * 16,
        ID.replace("d", "\u0501"),
        "telegraf on edge",
    ],
)
def test_a_part_of_an_id_is_none(typed: str) -> None:
    """Nothing is done by a prefix, a description or letters that look alike."""
    assert as_authorization_id(typed) is None
    with pytest.raises(UserError) as raised:
        authorization_id(typed)
    assert f"“{typed}” is not an authorization's id" in raised.value.problem.message


def test_what_is_long_is_quoted_in_part() -> None:
    """An error repeats 40 characters at most."""
    with pytest.raises(UserError) as raised:
        authorization_id("x" * 500)

    assert f"“{'x' * 39}…”" in raised.value.problem.message


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7F3K2Q", "7F3K2Q"),
        ("7f3k2q", "7F3K2Q"),
        ("`7F3K2Q`", "7F3K2Q"),
        ("7F3K2O", "7F3K20"),
        ("lI3K2Q", "113K2Q"),
    ],
)
def test_change_ids_are_read_as_people_say_them(typed: str, read: str) -> None:
    """In any case, and with the letters that Crockford's digits are taken for."""
    assert change_id(typed) == read


@pytest.mark.parametrize("typed", ["", "7F3K2", "7F3K2QQ", "7F3K2U", ID])
def test_what_is_no_change_id_is_said(typed: str) -> None:
    """The error shows what one looks like."""
    with pytest.raises(UserError) as raised:
        change_id(typed)

    assert "such as 7F3K2Q." in raised.value.problem.message


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("U012ABCDEF", "U012ABCDEF"),
        ("@U012ABCDEF", "U012ABCDEF"),
        ("W1", "W1"),
        ("alice", None),
        ("W7F3K2", None),
        ("@W7F3K2", "W7F3K2"),
        ("W7F3K2QQQ", "W7F3K2QQQ"),
        ("@alice", None),
        ("u012abcdef", None),
        ("S012ABCDEF", None),
        ("U", None),
        (ID, None),
    ],
)
def test_user_ids_are_slacks(typed: str, read: str | None) -> None:
    """Names, groups and ids of changes are no users."""
    assert user_id(typed) == read
