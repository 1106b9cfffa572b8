"""What is taken for a leaked secret, and what it is recognised by."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.changes.errors import ErrorCode, Problem
from bot.changes.pasted import LONGEST_SECRET, clean, fingerprint, unusual

MINTED = "-" + "aB3_" * 21 + "x=="


def cleaned(text: str) -> str:
    """Give the secret in a text; fail if there is none."""
    found = clean(text)
    assert isinstance(found, SecretStr)
    return found.get_secret_value()


@pytest.mark.parametrize(
    "pasted",
    [
        "{}",
        "  {}\n",
        "\u00a0{}\u2003",
        "`{}`",
        "```\n{}\n```",
        '"{}"',
        "“{}”",
        "Token {}",
        "token\t{}",
        "Bearer {}",
        "Authorization: Token {}",
        "authorization:bearer {}",
        "'Authorization: Token {}'",
        'Authorization: "Token {}"',
        "`Token {}`",
        "\u200b{}\ufeff",
    ],
)
def test_what_is_around_a_secret_is_taken_off(pasted: str) -> None:
    """Quotes, white space, headers' words and what does not show are no part of it."""
    assert cleaned(pasted.format(MINTED)) == MINTED


def test_what_does_not_show_is_taken_out_of_the_middle() -> None:
    """Pages put zero-width characters into long words."""
    assert cleaned(f"{MINTED[:40]}\u200b{MINTED[40:]}") == MINTED


@pytest.mark.parametrize(
    "secret",
    [
        "x",
        "my-super-secret-auth-token",
        "p ss wörd 🔑",
        "tokenized",
        "Bearer",
        "a" * LONGEST_SECRET,
    ],
)
def test_any_other_string_is_a_secret(secret: str) -> None:
    """A token that was given at the setup can be anything; it is only remarked on."""
    assert cleaned(secret) == secret
    assert unusual(SecretStr(secret))


def test_what_influxdb_makes_up_is_not_unusual() -> None:
    """86 characters of URL-safe base 64 and two equals signs, and nothing around them."""
    assert not unusual(SecretStr(MINTED))
    assert unusual(SecretStr(f"{MINTED}\n"))
    assert unusual(SecretStr(MINTED[:-2]))


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b", "``", '""', "Authorization:"])
def test_nothing_is_no_secret(text: str) -> None:
    """What is blank once everything around it is gone is a problem with a name."""
    found = clean(text)
    assert isinstance(found, Problem)
    assert (found.code, found.message) == (
        ErrorCode.USAGE,
        "There is no secret in this. Nothing was changed.",
    )


@pytest.mark.parametrize("length", [LONGEST_SECRET + 1, 100_000])
def test_what_is_too_long_is_no_secret(length: int) -> None:
    """The limit is said, and the text is not."""
    found = clean("x" * length)
    assert isinstance(found, Problem)
    assert found.message == "This is longer than 512 characters. Nothing was changed."


@pytest.mark.parametrize("around", ["{}", "Bearer {}", "curl -H '{}'", "`{}`"])
def test_another_product_s_secret_is_none_of_influxdb_s(around: str) -> None:
    """InfluxDB must not see it; where it is to be revoked is said."""
    found = clean(around.format("ghp_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"))

    assert found == Problem(
        ErrorCode.USAGE,
        "This is a GitHub token, not one of InfluxDB's. Nothing of it was sent. "
        "Nothing was changed.",
        "Revoke it at GitHub.",
    )


def test_what_chance_has_put_into_a_minted_token_says_nothing() -> None:
    """It has the length and the padding of InfluxDB's own, whatever stands in it."""
    minted = f"{MINTED[:40]}-glsa_{'aB3' * 13}x=="

    assert len(minted) == len(MINTED)
    assert cleaned(minted) == minted


@given(st.text())
def test_any_text_is_a_secret_or_a_problem(text: str) -> None:
    """Never an exception; and what is clean stays as it is."""
    found = clean(text)
    if isinstance(found, SecretStr):
        assert 0 < len(found.get_secret_value()) <= LONGEST_SECRET
        assert found == clean(found.get_secret_value())
        assert len(fingerprint(SecretStr("key"), found)) == 64


def test_a_fingerprint_is_an_hmac() -> None:
    """The same for the same secret and key alone; without the key nobody can try secrets."""
    key, secret = SecretStr("key"), SecretStr(MINTED)
    assert fingerprint(key, secret) == hmac.new(b"key", MINTED.encode(), hashlib.sha256).hexdigest()
    assert fingerprint(SecretStr("other"), secret) != fingerprint(key, secret)
    assert MINTED not in repr((secret, clean(MINTED)))


def test_what_is_wrapped_around_a_secret_is_short() -> None:
    """2,048 characters are looked at; what is longer is not even begun with."""
    assert cleaned(MINTED.ljust(2048)) == MINTED
    assert isinstance(clean(MINTED.ljust(2049)), Problem)


def test_half_a_sign_has_a_fingerprint_too() -> None:
    """JSON can hold half of a surrogate pair, and whoever pastes one is answered all the same."""
    key = SecretStr("key")

    assert fingerprint(key, SecretStr("\ud83d")) != fingerprint(key, SecretStr("\ude00"))
