"""Who is asking: the Authorization header, and what its bearer may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.influxdb.permissions import Permission, allowed
from bot.sandbox.influxdb.state import Authorization, State
from bot.sandbox.influxdb.wire import PlatformError

_SCHEMES = ("token ", "bearer ")


@dataclass(frozen=True, slots=True)
class Caller:
    """Act with the permissions of an authorization."""

    authorization: Authorization

    def may(self, *wanted: Permission) -> bool:
        """Tell whether all of these are allowed; an inactive token is allowed nothing."""
        held = self.authorization.permissions
        return self._active and all(allowed(each, held) for each in wanted)

    def require(self, *wanted: Permission) -> None:
        """Insist on permissions in order.

        Raises:
            PlatformError: 401 (not 403), naming the first permission missing.
        """
        if not self._active:
            raise PlatformError("unauthorized", "token is inactive")
        for each in wanted:
            if not allowed(each, self.authorization.permissions):
                raise PlatformError("unauthorized", f"{each} is unauthorized")

    @property
    def _active(self) -> bool:
        return self.authorization.status == "active"


def bearer(headers: Mapping[str, str], state: State) -> Authorization | None:
    """Find the authorization a request's token stands for, if any; the scheme is in any case."""
    header = headers.get("authorization", "")
    for scheme in _SCHEMES:
        if header.lower().startswith(scheme):
            return state.bearer(header[len(scheme) :])
    return None


def authenticate(headers: Mapping[str, str], state: State) -> Caller:
    """Let a request in whose token exists and whose token's owner is active.

    An inactive token gets in: it is refused permission by permission.

    Raises:
        PlatformError: 401 for no or an unknown token, 403 for an inactive or deleted owner.
    """
    found = bearer(headers, state)
    if found is None:
        raise PlatformError("unauthorized", "unauthorized access")
    owner = state.users.get(found.user_id)
    if owner is None or owner.status != "active":
        raise PlatformError("forbidden", "User is inactive")
    return Caller(found)
