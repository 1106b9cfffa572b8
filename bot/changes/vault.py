from pydantic import SecretStr

from bot.changes.errors import ErrorCode, Problem

SECRET_GONE = Problem(
    ErrorCode.LEAK_SECRET_GONE,
    "The process that held the secret ended before it could look for it. Nothing was changed.",
    "Report it again.",
)
"""That nobody has the secret of a report any more, and nothing was done about it."""


class Vault:
    """Hold leaked secrets in this process's memory for as long as their cases last.

    They are nowhere else: whoever goes on with a case after this process has ended has none.

    Args:
        keeper: The name of this process, unlike any other's.

    Attributes:
        used: Whether it has ever held one, so that others may wait for this process.
    """

    def __init__(self, keeper: str) -> None:
        self.keeper = keeper
        self.used = False
        self._secrets: dict[str, SecretStr] = {}

    def __bool__(self) -> bool:
        return bool(self._secrets)

    @property
    def held(self) -> tuple[str, ...]:
        """List the ids of the reports whose secrets it holds."""
        return tuple(self._secrets)

    def put(self, change_id: str, secret: SecretStr) -> None:
        """Hold the secret of a report."""
        self.used = True
        self._secrets[change_id] = secret

    def get(self, change_id: str) -> SecretStr | None:
        """Give the secret of a report, or None if this process does not hold it."""
        return self._secrets.get(change_id)

    def forget(self, change_id: str) -> None:
        """Drop the secret of a report."""
        self._secrets.pop(change_id, None)
