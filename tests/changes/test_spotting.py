"""What is taken for an API token, or for an id, in what somebody else has written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.changes.secret import looks_like_secret
from bot.changes.spotting import MOST, Spotted, spotted
from bot.sandbox.influxdb.state import api_token

TOKEN = api_token("somebody's")
PEM = TOKEN.replace("-", "+").replace("_", "/")
ID = "0e840d0499003003"


def secrets(*texts: str) -> list[str]:
    """Give what is taken for a token."""
    return [each.get_secret_value() for each in spotted(texts).secrets]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Authorization: Token {TOKEN}",
        f"export INFLUX_TOKEN='{TOKEN}'",
        f'{{"token":"{TOKEN}"}}',
        f"<https://influxdb.example.com/api/v2/query?token={TOKEN}>",
        f"https://influxdb.example.com/?token={TOKEN.replace('=', '%3D')}&org=acme",
        f"it was {TOKEN.rstrip('=')}.",
        f"```{TOKEN}```",
        f"{TOKEN[:50]}\u200b{TOKEN[50:]}",
        f"{TOKEN} and {TOKEN}",
    ],
)
def test_a_token_is_found_whole(text: str) -> None:
    """However it is wrapped, and with the padding that it has lost."""
    assert secrets(text) == [TOKEN]


@pytest.mark.parametrize(
    "text",
    [
        f"token:\n```{TOKEN[:76]}\n{TOKEN[76:]}```",
        f"> {TOKEN[:20]}\r\n> {TOKEN[20:40]}\r\n> {TOKEN[40:60]}\r\n> {TOKEN[60:]}",
        f"  {TOKEN[:43]}\n  {TOKEN[43:86]}",
        f"*{TOKEN[:50]}*{TOKEN[50:]}",
        f"_{TOKEN}_",
        f"_{TOKEN[:86]}_",
        f"the token is\n{TOKEN}\nand nothing else",
    ],
)
def test_a_token_that_breaks_and_formats_part_is_put_together(text: str) -> None:
    """By the whole it can be recognized; its parts are known to nobody."""
    assert secrets(text)[0] == TOKEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words and more words, this-is-a-long-branch-name-with-many-words-in-it",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        f"ghp_{'aB3dE5' * 6}",
        f"eyJhbGciOiJIUzI1NiJ9.{'aB3dE5' * 9}.{'xY7zW1' * 8}",
        f"-----BEGIN PRIVATE KEY-----\n{PEM}\n-----END PRIVATE KEY-----",
    ],
)
def test_what_is_no_token_of_influxdb(text: str) -> None:
    """Words, digests, and what is plainly another product's secret."""
    assert secrets(text) == []


@pytest.mark.parametrize("text", [ID, ID.upper(), f"({ID})", f"prod:{ID}", f"id={ID},", f"`{ID}`"])
def test_an_id_is_found(text: str) -> None:
    """16 hexadecimal digits that stand alone."""
    assert spotted([text]).ids == (ID,)


@pytest.mark.parametrize(
    "text", [f"{ID}0", f"x{ID}", ID[:-1], "0" * 16, f"{TOKEN[:9]}-{ID}-{TOKEN}"]
)
def test_what_is_no_id(text: str) -> None:
    """Longer words, shorter ones, what InfluxDB takes for none, and a piece of a token."""
    assert spotted([text]).ids == ()


def test_the_first_few_count_and_the_rest_is_counted() -> None:
    """Each once, in the order of the texts."""
    tokens = [api_token(str(number)) for number in range(MOST + 3)]
    ids = [f"{number:016x}" for number in range(1, MOST + 2)]
    found = spotted([" ".join(tokens), " ".join(ids), tokens[0], " ".join(ids)])

    assert [each.get_secret_value() for each in found.secrets] == tokens[:MOST]
    assert (found.ids, found.more_secrets, found.more_ids) == (tuple(ids[:MOST]), 3, 1)
    assert not found.cut


def test_what_is_too_long_is_cut_and_that_is_told() -> None:
    """The end of a text of megabytes is not looked at."""
    found = spotted(["x " * 49_000, f"{'y ' * 4_000}{TOKEN}", "z"])

    assert (found.secrets, found.cut) == ((), True)


@given(st.text())
def test_what_is_found_looks_like_a_secret(text: str) -> None:
    """Nothing is taken for a token that could be typed into a command."""
    assert all(looks_like_secret(each) for each in secrets(text, f"{text} {TOKEN}"))


@pytest.mark.parametrize("sign", [" ", "\t", "\n", " \n", ">", "*", "A1b", "0", "=", "https://a/"])
def test_a_long_text_takes_no_time_of_its_own(sign: str) -> None:
    """A message that somebody has written for it is looked through as fast as any other."""
    text = f"a{sign * (100_000 // len(sign))}b"

    begun = time.perf_counter()
    spotted([text])

    # Of blanks alone it took minutes.
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("gap", ["\n", " \t\r\n", "\n\n  > | ", "  \n \n\t\n", " \n*"])
def test_whatever_a_line_break_stands_among_parts_no_token(gap: str) -> None:
    """Blanks before it, and quotes, tables and blanks behind it."""
    assert TOKEN in secrets(f"see {TOKEN[:40]}{gap}{TOKEN[40:]}")


def test_what_was_found_is_all_that_was_found() -> None:
    """Nothing more is counted where there is nothing more, and what was read to its end says so."""
    whole = f"{ID} ".ljust(100_000)

    assert spotted([TOKEN, ID]) == Spotted((SecretStr(TOKEN),), (ID,))
    assert spotted([whole]) == Spotted((), (ID,))
    assert spotted([f"{whole} "]) == Spotted((), (ID,), cut=True)


def test_an_id_right_behind_a_token_is_found() -> None:
    """Where the padding ends, something else begins."""
    assert spotted([f"{TOKEN}{ID}"]).ids == (ID,)


@pytest.mark.parametrize("last", "Xx-_A")
def test_a_token_may_end_in_anything(last: str) -> None:
    """All of its signs are its own, and the padding is as long as it is."""
    token = f"{TOKEN[:85]}{last}=="

    assert secrets(token) == [token]
    assert secrets(f"{token[:50]}\n{token[50:]}")[0] == token


def test_what_stands_before_a_token_without_a_gap_is_a_name() -> None:
    """Up to 40 signs of it; and 88 signs without padding are no token in underscores."""
    name = "an_environment_variable_with_a_long_name"
    assert len(name) == 40

    assert TOKEN in secrets(f"{name}{TOKEN}")
    assert TOKEN not in secrets(f"{name}s{TOKEN}")
    assert TOKEN not in secrets(f"a{TOKEN[:86]}b")


@pytest.mark.parametrize(
    "beside",
    [
        f"ghp_{'aB3dE5' * 6}",
        "this-is-a-long-branch-name-with-many-words-in-it-and-no-secret",
    ],
)
def test_a_token_is_found_beside_what_is_none(beside: str) -> None:
    """Before it or after it."""
    assert secrets(f"{beside} {TOKEN}") == secrets(f"{TOKEN} {beside}") == [TOKEN]
