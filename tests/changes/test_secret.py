"""What looks like a secret, and what does not."""

import base64
import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.changes.secret import (
    MASK,
    holds_secret,
    looks_like_secret,
    mask_secrets,
    minted_in,
    of_another_product,
)
from tests.changes.minted import DASHED, MINTED
from tests.changes.samples import UNHURRIED

JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvIn0"
    ".dyt0CoTl4WoVjAHI9Q_CwSKhl6d_9rhM3NrXuJttkao"
)
SECRETS = {
    "a token": MINTED,
    "a token that begins with a dash": DASHED,
    "a token without its padding": MINTED.rstrip("="),
    "the first half of a token": MINTED[:43],
    "the last half of a token": MINTED[43:],
    "a token of InfluxDB 3": "apiv3_" + MINTED[:64].replace("-", "a"),
    "a bot token of Slack": "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx",
    "a user token of Slack": "xoxp-" + "1234567890-1234567890-1234567890-abcdef0123",
    "a cookie of Slack": "xoxd-" + "AbCdEfGhIjKlMnOp",
    "an app token of Slack": "xapp-" + "1-A0123456789-1234567890123-abcdef",
    "a webhook of Slack": "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24,
    "a response URL": "https://hooks.slack.com/commands/T0HOME/123456789012/AbCdEfGhIjKl",
    "a JSON web token": JWT,
    "a token of GitHub": "ghp_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "a refresh token of GitHub": "ghr_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "a fine-grained token of GitHub": "github_pat_" + "11ABCDEFG0AbCdEfGhIjKl",
    "a token of GitLab": "glpat-" + "AbCdEfGhIjKlMnOpQrSt",
    "a token of Grafana": "glsa_" + "AbCdEfGhIjKlMnOpQrStUvWxYz012345_0a1b2c3d",
    "a token of Vault": "hvs." + "CAESIJlU9JMYEhOPYv4igdhm9PnZDrabYTobQ4Ymnlq1qY-L",
    "an access key of AWS": "AKIA" + "IOSFODNN7EXAMPLE",
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIBOgIBAAJBAKj3\n"
    "-----END RSA PRIVATE KEY-----",
}
HARMLESS = {
    "nothing": "",
    "an authorization's id": "0d0d0d0d0d0d0003",
    "many ids": " ".join(["0d0d0d0d0d0d0003"] * 9),
    "ids without blanks": "0d0d0d0d0d0d00030c0c0c0c0c0c00020b0b0b0b0b0b0001",
    "a change's id": "7F3K2Q",
    "a description": "telegraf on edge-42, rotated by alice after the incident of 24 November 2026",
    "words with hyphens": "rotate-the-token-of-telegraf-on-edge-42-in-frankfurt-please",
    "Words with hyphens": "Incident-2026-11-24-Leaked-Token-In-Gist-By-Bob-And-Alice",
    "camel case": "getUserByIdAndOrgNameV2FromCacheOrStoreX9AndMore",
    "long lower case": "averyveryverylongdescriptionwithoutanyblanksatallbutwith42digits",
    "a constant": "INFLUX_TOKEN_OF_THE_TELEGRAF_AGENT_ON_EDGE_42_IN_FRANKFURT",
    "a pod": "Pod-telegraf-ds-7f9c8d6b5-x2k4j-on-Node-ip-10-0-1-23-EU",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "SHA256": "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
    "a commit": "https://github.com/acme/infra/commit/0d15a42f80bacc727de6aa627377fd1f2679d687",
    "a UUID": "550e8400-e29b-41d4-a716-446655440000",
    "a UUID among words": "Deploy-550e8400-e29b-41d4-a716-446655440000-PROD",
    "a message of Slack": "https://acme.slack.com/archives/C0INCIDENTS/p1732412345678900"
    "?thread_ts=1732412345.678900&cid=C0INCIDENTS",
    "a document": "https://docs.google.com/document/d/"
    "1A2b3CdEfGhIjKlMnOpQrStUvWxYz0123456789abcdE/edit",
    "a ticket": "https://acme.atlassian.net/browse/OPS-1234?focusedCommentId=56789",
    "a dashboard": "https://grafana.acme.example/d/aBcD1234/edge-42?orgId=1&from=now-6h&to=now",
    "a ruler": "-" * 86 + "==",
    "a mention": "<@U012ABCDEF|alice> and <https://example.com/a|example>",
}
AROUND = [
    "{}",
    "disable {} please",
    'token "{}"',
    "“{}”",
    "`{}`",
    "```{}```",
    "INFLUX_TOKEN={}",
    "Authorization: Token {}",
    '{{"token":"{}"}}',
    "https://influxdb.example.com/api/v2/query?token={}",
    "<https://example.com/?t={}|here>",
    "({}).",
    "\u200b{}\u200b",
    "eins\nzwei {}\ndrei",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_secrets_are_found_wherever_they_stand(secret: str, around: str) -> None:
    """A credential is found alone, in a sentence, in quotes, in code and in an address."""
    text = around.format(secret)
    masked = mask_secrets(text)

    assert looks_like_secret(text)
    assert MASK in masked
    assert not looks_like_secret(masked)
    pieces = [secret[i : i + 12] for i in range(len(secret) - 11)]
    assert [piece for piece in pieces if piece in masked and piece not in around] == []


@pytest.mark.parametrize("token", [MINTED, DASHED, MINTED.rstrip("=")])
def test_a_whole_token_is_found_in_the_path_of_an_address(token: str) -> None:
    """The random ids of documents pass there, but nothing as long as a token."""
    assert mask_secrets(f"https://influxdb.example.com/{token}/x") == (
        f"https://influxdb.example.com/{MASK}/x"
    )


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_people_write_is_no_secret(text: str) -> None:
    """Ids, digests, words, however joined, and links pass, and are shown as they are."""
    assert not looks_like_secret(text)
    assert text == mask_secrets(text)


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\x00", "\ufeff", "\r"])
def test_what_is_not_seen_hides_no_secret(unseen: str) -> None:
    """Zero-width and control characters between the digits change nothing."""
    text = unseen.join(MINTED)

    assert looks_like_secret(text)
    assert mask_secrets(f"a {text} b") == f"a {MASK} b"


@pytest.mark.parametrize(
    "piece",
    [
        f"https://a/{'Ab1' * 14} ",
        f"{'Ab1' * 14}/",
        "-----BEGIN PRIVATE KEY-----",
        "hooks.slack.com/services/",
        f"{'A' * 40}=\u200b\u200b",
        "eyJaaaaaaaa.",
        "eyJ-",
    ],
)
def test_a_long_text_takes_no_time_of_its_own(piece: str) -> None:
    """A megabyte that somebody has written for it is looked through as fast as any other."""
    text = "https://a/" + piece * (1_000_000 // len(piece))

    begun = time.perf_counter()
    mask_secrets(text)

    # Looked through anew for each run, it took minutes.
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize("before", ["", "x-", "eyJ-", "eyJ.", f"{'a' * 20}."])
def test_a_web_token_is_found_wherever_it_begins(before: str) -> None:
    """Behind a sign that its own parts may hold as well, and behind what only begins like one."""
    masked = mask_secrets(f"{before}{JWT} is mine")

    assert masked.endswith(f"{MASK} is mine")
    assert "dyt0CoTl4W" not in masked


def test_every_random_token_is_found() -> None:
    """Of 20,000 tokens as InfluxDB mints them, with and without padding, none is missed."""
    chance = random.Random(20261124)  # noqa: S311 - the same samples each time
    minted = [base64.urlsafe_b64encode(chance.randbytes(64)).decode() for _ in range(20_000)]

    assert [token for token in minted if not looks_like_secret(token)] == []
    assert [token for token in minted if not looks_like_secret(token.rstrip("="))] == []


def test_nearly_every_half_token_is_found() -> None:
    """Of 5,000 runs of 43 random characters hardly one looks like something else."""
    chance = random.Random(20261124)  # noqa: S311 - the same samples each time
    halves = [base64.urlsafe_b64encode(chance.randbytes(32)).decode() for _ in range(5_000)]

    assert sum(not looks_like_secret(half) for half in halves) <= 25


@UNHURRIED
@given(st.binary(min_size=64, max_size=64), st.text(max_size=20), st.text(max_size=20))
@example(bytes(64), "", "")
def test_masking_leaves_no_secret(secret: bytes, before: str, after: str) -> None:
    """Whatever stands around it, nothing of a minted token is left, and masking again is idle."""
    token = base64.urlsafe_b64encode(secret).decode()
    masked = mask_secrets(f"{before} {token} {after}")

    assert token not in masked
    assert masked == mask_secrets(masked)


def test_what_an_address_encodes_is_looked_at_decoded() -> None:
    """Any sign of a token can be percent-encoded, and then it is in pieces."""
    encoded = "".join(
        f"%{ord(sign):02X}" if place % 10 == 0 else sign for place, sign in enumerate(MINTED)
    )

    assert holds_secret(f"https://example.com/?token={encoded}")
    assert holds_secret(f"{MINTED} is 100%25 secret")
    assert not holds_secret("https://example.com/?q=100%25%20safe")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("xoxb-0123456789", MASK),
        ("a xoxb-0123456789 b xapp-0123456789 c", f"a {MASK} b {MASK} c"),
        (f"a {MINTED} b {DASHED} c", f"a {MASK} b {MASK} c"),
        (f"a {JWT} b {JWT} c", f"a {MASK} b {MASK} c"),
        # One within another is one, and what ends later ends it.
        (f"a {JWT}.glsa_{'a' * 30} b", f"a {MASK} b"),
        (f"a pypi-{'-glsa_'.join(['a' * 40] * 2)} b", f"a {MASK} b"),
        (f"ghp_{'a' * 20}xoxb-0123456789", MASK),
        (f"ghp_{'a' * 20}.{JWT} b", f"{MASK} b"),
        (SECRETS["a private key"] * 2, MASK * 2),
        # What has a dot is no web token yet.
        (f"{'a' * 20}.{'b' * 20} {JWT} c", f"{'a' * 20}.{'b' * 20} {MASK} c"),
    ],
)
def test_what_stands_between_secrets_stays(text: str, masked: str) -> None:
    """Each is replaced by itself, what overlaps by one mask, and nothing else is lost."""
    assert mask_secrets(text) == masked


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (JWT, ("a JSON Web Token", "where it was issued")),
        (JWT.replace(".", "%2E"), ("a JSON Web Token", "where it was issued")),
        (f"name.{'a' * 20}.and {JWT}", ("a JSON Web Token", "where it was issued")),
        ("hvs." + "a" * 20, ("a Vault token", "in Vault")),
        (MINTED, None),
        ("telegraf", None),
    ],
)
def test_a_secret_s_product_is_named(text: str, named: tuple[str, str] | None) -> None:
    """By its shape, encoded or not; what has none may be anybody's."""
    assert of_another_product(text) == named


@pytest.mark.parametrize("beside", ["{} xoxb-0123456789", "xoxb-0123456789 {}", "{}"])
def test_a_token_beside_another_product_s_is_influxdb_s(beside: str) -> None:
    """What touches nothing of the other is looked for."""
    text = beside.format(MINTED)

    assert [found for found, _, _ in minted_in(text)] == [MINTED]


def test_a_token_without_its_padding_gets_it_back() -> None:
    """Where it stands is said of what is in the text."""
    text = f"curl {MINTED.rstrip('=')} and"

    assert list(minted_in(text)) == [(MINTED, 5, 5 + len(MINTED) - 2)]


def test_a_token_behind_two_addresses_is_found() -> None:
    """The path of an address ends where the address does."""
    half = MINTED[:43]

    assert not looks_like_secret(f"https://a.example/{half}")
    assert looks_like_secret(f"https://a.example/x https://b.example/y {half}")
    assert not looks_like_secret(f"https://a.example/x https://b.example/{half}")
