"""Whether what people write beside a leaked secret, or in a form, holds a secret itself."""

from urllib.parse import unquote

from pydantic import SecretStr

from bot.changes.errors import ErrorCode, Problem
from bot.changes.secret import holds_secret


def treat_as_leaked(how: str) -> str:
    """Say what to do about a secret that Slack has seen.

    Args:
        how: What is to be typed or taken, and what that is, before what it does.
    """
    return (
        f"Slack has seen it, so treat it as leaked: {how} finds its token, disables it, and proves "
        "it dead."
    )


def secret_in_words(name: str, words: str, secret: SecretStr | None = None) -> Problem | None:
    """Say that words must not be stored, since they hold a secret; None if they hold none.

    Args:
        name: What the words are, such as ``reason``.
        words: The words.
        secret: What must not be among them in particular; it may look like any word.
    """
    if holds_secret(words):
        what = "what looks like a secret"
    elif secret is not None and _within(secret.get_secret_value(), words):
        what = "the secret"
    else:
        return None
    return Problem(
        ErrorCode.LOOKS_LIKE_SECRET,
        f"The {name} holds {what}. Nothing was stored, and nothing was changed.",
        f"Write the {name} without it.",
    )


def _within(secret: str, words: str) -> bool:
    # Copied out of an address, it may be percent-encoded.
    return secret in words or secret in unquote(words)
