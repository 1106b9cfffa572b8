"""Which InfluxDB v2 the stand-in is: how it names itself and whether it shows tokens."""

from dataclasses import dataclass
from enum import StrEnum

_BAD_STATUS = "unknown authorization status"


class Mode(StrEnum):
    """Choose the kind of server."""

    PLAIN = "plain"
    """OSS up to 2.7, or later with hashing off: tokens are shown in clear."""
    HASHED = "hashed"
    """OSS from 2.9: tokens are kept as hashes and shown as an empty string."""
    CLOUD = "cloud"
    """InfluxDB Cloud: tokens are shown as ``redacted`` and ``?token=`` finds one."""


@dataclass(frozen=True, slots=True)
class Product:
    """Say what differs between the servers.

    Attributes:
        build: The ``X-Influxdb-Build`` header.
        version: The ``X-Influxdb-Version`` header; None where there is none to state.
        mode: The kind of server.
    """

    build: str
    version: str | None
    mode: Mode

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """List the headers every answer of the server itself carries."""
        named = (("X-Influxdb-Build", self.build),)
        return named if self.version is None else (*named, ("X-Influxdb-Version", self.version))

    @property
    def bad_status(self) -> str:
        """Word the refusal of a status that is neither active nor inactive; 2.8 changed it."""
        if self.version is None or _minor(self.version) < 8:
            return _BAD_STATUS
        return f"encodeAuthorization: {_BAD_STATUS}"

    def shown_token(self, token: str, *, hashed: bool) -> str:
        """Give what the ``token`` member of an answer holds for a stored token."""
        if self.mode is Mode.CLOUD:
            return "redacted"
        return "" if hashed else token


def product_of(mode: Mode, version: str | None) -> Product:
    """Describe the server of a mode, at a version or the one usual for the mode.

    Raises:
        ValueError: If the version is not of the form ``v2.7.12``.
    """
    usual = {Mode.PLAIN: "v2.7.12", Mode.HASHED: "v2.9.1", Mode.CLOUD: None}
    chosen = usual[mode] if version is None else version
    if chosen is not None:
        _minor(chosen)
    return Product("Cloud" if mode is Mode.CLOUD else "OSS", chosen, mode)


def _minor(version: str) -> int:
    major, minor, _ = version.removeprefix("v").split(".", 2)
    if major != "2":
        raise ValueError(f"not an InfluxDB v2 version: {version!r}")
    return int(minor)
