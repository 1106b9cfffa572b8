import hmac
import re

from pydantic import SecretStr

from bot.changes.secret import MASK, mask_secrets

_NOT_SHOWN = frozenset({"", "redacted", "n/a"})
# Control characters but the tab, and half a surrogate pair, which is no character at all.
_NOT_CARRIED = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


class Credential:
    """Hold an API token, and be the only one to look at it.

    Args:
        token: The API token.

    Raises:
        ValueError: If it is empty or holds what no HTTP header can carry; it is not repeated.
    """

    def __init__(self, token: SecretStr) -> None:
        bare = token.get_secret_value()
        if not bare.strip() or _NOT_CARRIED.search(bare) is not None:
            raise ValueError("the API token is empty or holds a line break or the like")
        self._token = token

    @property
    def authorization(self) -> bytes:
        """Give the value of the ``Authorization`` header."""
        return b"Token " + self._token.get_secret_value().encode()

    @property
    def query(self) -> dict[str, str]:
        """Give the query by which InfluxDB Cloud finds the authorization of a token."""
        return {"token": self._token.get_secret_value()}

    def is_shown(self, shown: object) -> bool | None:
        """Tell whether a ``token`` as a server shows it is this one, in constant time.

        Args:
            shown: What the member ``token`` of an authorization holds.

        Returns:
            None if the server shows no token: OSS with hashing shows an empty one, Cloud
            ``redacted``.
        """
        if not isinstance(shown, str) or shown.casefold() in _NOT_SHOWN:
            return None
        return hmac.compare_digest(shown.encode(), self._token.get_secret_value().encode())

    def mask(self, text: str) -> str:
        """Hide the token, and whatever looks like one, in a server's words."""
        return mask_secrets(text.replace(self._token.get_secret_value(), MASK))
