"""How chat text becomes words, whatever a client has made of it."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.errors import UserError
from bot.commands.grammar import LONGEST_TEXT, Word, straight, verbatim, words
from tests.changes.samples import UNHURRIED

ID = "0d0d0d0d0d0d0003"
AWKWARD = st.text(
    st.sampled_from("ab 0-=<>|&;@#!`'\"“”„‟«»‘’—–―\u00a0\u200b\u202e\n\t\x00%é…🔥")
    | st.characters(exclude_categories=["Cs"]),
    max_size=120,
)


def said(text: str) -> list[str]:
    """Give the words of a text alone."""
    return [word.text for word in words(text)]


def read(text: str) -> list[Word] | str:
    """Give the words of a text, or what is wrong with it."""
    try:
        return words(text)
    except UserError as error:
        return error.problem.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n\u00a0\u200b\ufeff ", []),
        ("disable 0d", ["disable", "0d"]),
        ("  disable   0d  ", ["disable", "0d"]),
        ("disable\u00a00d\u2003now\nthen\tmore", ["disable", "0d", "now", "then", "more"]),
        (f"disable \u200b{ID}\u200b now", ["disable", ID, "now"]),
        ("dis\u200bable\u00ad", ["disable"]),
        ("disable \u202a0d\u202c", ["disable", "0d"]),
        ("\uff44\uff49\uff53\uff41\uff42\uff4c\uff45", ["disable"]),
    ],
)
def test_blanks_of_every_kind_part_words(text: str, expected: list[str]) -> None:
    """Non-breaking blanks and new lines part words; what has no width is dropped."""
    assert said(text) == expected


@pytest.mark.parametrize(
    "quotes", ['""', "“”", "„“", "„”", "””", "«»", "»«", '“"', "''", "‘’", "``"]
)
def test_quotes_of_any_style_keep_a_text_together(quotes: str) -> None:
    """Whichever pair a keyboard makes, also two that do not belong together."""
    (_, word, _) = words(f"a {quotes[0]}b  c{quotes[1]} d")

    assert (word.text, word.quoted, word.start, word.end) == ("b  c", True, 2, 8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("o'brien's token", ["o'brien's", "token"]),
        ("o’brien’s token", ["o’brien’s", "token"]),
        ("'tis mine", ["'tis", "mine"]),
        ("‘tis mine", ["‘tis", "mine"]),
        ("the 'a b' c", ["the", "a b", "c"]),
        ("it's 'o'brien's own' token", ["it's", "o'brien's own", "token"]),
        ("a ` b", ["a", "`", "b"]),
        ("``", [""]),
        ('""', [""]),
        (f"```{ID}```", [f"``{ID}``"]),
        (f'"{ID}", "b c",', [f'"{ID}",', '"b', 'c",']),
        ('"a b", c', ['"a', 'b",', "c"]),
        ('5" disk', ['5"', "disk"]),
        ('"a b"\u200b c', ["a b", "c"]),
    ],
)
def test_quotes_within_words_are_characters(text: str, expected: list[str]) -> None:
    """Apostrophes, inches, and quotes that come along with a comma part nothing."""
    assert said(text) == expected


@pytest.mark.parametrize("text", ['"a b', "x “a b", '--reason "it', "„", '--reason="a b'])
def test_a_quote_that_is_not_closed_is_said(text: str) -> None:
    """A double quote that opens and never closes is an error that says what to do."""
    with pytest.raises(UserError) as raised:
        words(text)

    assert "is not closed." in raised.value.problem.message
    assert raised.value.problem.hint == (
        "Close it, or leave the quotes out: text after --reason needs none."
    )


def test_only_the_beginning_is_read_where_that_is_enough() -> None:
    """What stands behind the words that are asked for may hold anything."""
    assert [word.text for word in words('describe 0d the "payload', at_most=2)] == [
        "describe",
        "0d",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("—reason x", ["--reason", "x"]),
        ("–dry-run", ["--dry-run"]),
        ("―reason", ["--reason"]),
        ("——reason", ["--reason"]),
        ("\u200b—reason", ["--reason"]),
        ("a — b", ["a", "—", "b"]),
        ("edge—42", ["edge—42"]),
        ("—42", ["—42"]),
        ("--reason", ["--reason"]),
        ("\uff0d\uff0dreason", ["--reason"]),
        ("-h", ["-h"]),
    ],
)
def test_dashes_that_clients_join_are_parted_again(text: str, expected: list[str]) -> None:
    """A long dash before a letter at a word's beginning was two hyphens."""
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('--reason="a b" c', ["--reason=", "a b", "c"]),
        ("—reason=“a b” c", ["--reason=", "a b", "c"]),
        ("--user='alice smith'", ["--user=", "alice smith"]),
        ("--user=o'brien", ["--user=o'brien"]),
        ("--reason=a b", ["--reason=a", "b"]),
        ('a="b c"', ['a="b', 'c"']),
    ],
)
def test_quotes_beside_an_options_sign(text: str, expected: list[str]) -> None:
    """A shell's habit: the value in quotes right behind the sign is one word."""
    assert said(text) == expected


@pytest.mark.parametrize(
    ("typed", "word", "free"),
    [
        ("<@U012ABCDEF>", "U012ABCDEF", "@U012ABCDEF"),
        ("<@U012ABCDEF|alice>", "U012ABCDEF", "@alice"),
        ("<@W012ABCDEF|alice>", "W012ABCDEF", "@alice"),
        ("<#C012ABCDEF|general>", "C012ABCDEF", "#general"),
        ("<#C012ABCDEF|>", "C012ABCDEF", "#C012ABCDEF"),
        ("<!here>", "here", "@here"),
        ("<!channel|channel>", "channel", "@channel"),
        ("<!everyone>", "everyone", "@everyone"),
        ("<!subteam^S012ABCDEF|@oncall>", "S012ABCDEF", "@oncall"),
        ("<!subteam^S012ABCDEF>", "S012ABCDEF", "@S012ABCDEF"),
        ("<https://example.com/a?b=1&amp;c=2>", *["https://example.com/a?b=1&c=2"] * 2),
        ("<http://example.com|example.com>", *["example.com"] * 2),
        ("<https://example.com/|example.com>", *["example.com"] * 2),
        ("<https://example.com|a-page>", *["https://example.com"] * 2),
        ("<mailto:a@example.com|a@example.com>", *["a@example.com"] * 2),
        ("<tel:+491234|+491234>", *["+491234"] * 2),
        ("&lt;b&gt;", *["<b>"] * 2),
        ("a&amp;b", *["a&b"] * 2),
        ("&amp;lt;", *["&lt;"] * 2),
        ("&amp;amp;", *["&amp;"] * 2),
        ("&quot;", *["&quot;"] * 2),
        ("&lt;@U012ABCDEF&gt;", *["<@U012ABCDEF>"] * 2),
        ("<b>", *["<b>"] * 2),
        ("<!important>", *["<!important>"] * 2),
        ("<@alice>", *["<@alice>"] * 2),
        ("a<b>c|d", *["a<b>c|d"] * 2),
        ("<https://example.com", *["<https://example.com"] * 2),
    ],
)
def test_slacks_markup_is_decoded_once(typed: str, word: str, free: str) -> None:
    """Mentions become ids as words and names in free text; addresses are as they were typed."""
    assert said(typed) == [word]
    assert verbatim(typed) == free


def test_a_label_with_blanks_is_one_word() -> None:
    """Slack's markup holds together, also in the middle of a word."""
    assert said("see <https://example.com|a b>, c") == ["see", "https://example.com,", "c"]
    assert said("x=<https://example.com|a b> c") == ["x=https://example.com", "c"]


@pytest.mark.parametrize(
    "text",
    [
        'the "payload"',
        '{"a":1}',
        "a   b\tc\nd",
        "—dash – and -- more",
        "“smart” ‘quotes’ it’s",
        "½ … ﬁ \uff57\uff49\uff44\uff45",
        "zero\u200bwidth",
        "--reason x",
        'an open " quote',
        "🔥 日本語 العربية",
        "`code` *bold* _it_ ~no~",
    ],
)
def test_free_text_stays_as_it_was_typed(text: str) -> None:
    """Quotes, dashes, blanks within and every other sign stay."""
    assert verbatim(text) == text


def test_free_text_is_trimmed_and_freed_of_control_characters() -> None:
    """What surrounds it, and what cannot be shown, goes; tabs and new lines within stay."""
    assert verbatim(" \u00a0a\x00\x1b[31m\r\nb\x7f\x9f\tc \n") == "a[31m\nb\tc"


@UNHURRIED
@given(AWKWARD)
def test_any_text_is_words_or_one_error(text: str) -> None:
    """Words stand in order, do not overlap and are not blank; or a quote is said to be open."""
    found = read(text)

    if isinstance(found, str):
        assert found.endswith(" is not closed.")
        return
    assert [word.start for word in found] == sorted({word.start for word in found})
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(text[word.start : word.end].strip() for word in found)
    assert all(0 <= word.start < word.end <= len(text) for word in found)


@UNHURRIED
@given(st.lists(st.text("abc0-é", min_size=1), max_size=6))
def test_plain_words_come_back(typed: list[str]) -> None:
    """What needs no quotes comes back as it was typed, in its order."""
    assert said(" ".join(typed)) == typed


@UNHURRIED
@given(st.text("ab '’&", max_size=30))
def test_what_is_quoted_comes_back(text: str) -> None:
    """In double quotes anything but double quotes stays together, trimmed."""
    (word,) = words(f'"{text}"')

    assert (word.text, word.quoted) == (text.strip(), True)


@UNHURRIED
@given(AWKWARD)
def test_straightening_is_done_once(text: str) -> None:
    """A word that is straight stays as it is, where no markup was hidden in an escape."""
    once = straight(text.translate(dict.fromkeys(map(ord, "<>&"), "x")))

    assert straight(once) == once


@pytest.mark.parametrize(
    "piece",
    ["'a ", "`", "' ", "<@", "<@U|", "&amp;", "“a” ", "--a='b ", "—", "\u200b", "<https://a|"],
)
def test_the_longest_text_is_read_at_once(piece: str) -> None:
    """No text of 2,000 characters, however unkind, holds the bot up."""
    text = (piece * LONGEST_TEXT)[:LONGEST_TEXT]
    begun = time.process_time()

    words(text)

    assert time.process_time() - begun < 0.2


@pytest.mark.parametrize("piece", ["'a ", "“a” ", "--a='b ", "'a'\u200b", '"a"b ', "<https://a|"])
def test_a_long_text_takes_no_time_of_its_own(piece: str) -> None:
    """A text that is fifty times as long is read in its time, not in its square."""
    text = piece * (100_000 // len(piece))
    begun = time.process_time()

    words(text)

    # Searched anew for each quote, it took minutes.
    assert time.process_time() - begun < 5
