"""What a value must be like, in the environment and in the policy file alike.

Each check gives the value in the form in which the bot uses it, or raises ValueError with what is
wrong; the text goes on from the value's name, and never repeats the value.
"""

import re
import ssl
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import psycopg
from psycopg import conninfo
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_PRINCIPAL_ID = re.compile(r"[UWS][A-Z0-9]+")
_USER_ID = re.compile(r"[UW][A-Z0-9]+")
_GROUP_ID = re.compile(r"S[A-Z0-9]+")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
_SQLITE = ("sqlite", "sqlite+aiosqlite")
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_AUTHORIZATION_ID = re.compile(r"[0-9a-f]{16}")


def token(value: SecretStr) -> SecretStr:
    """Check a secret; blanks around it are dropped, since files end in a line break."""
    bare = value.get_secret_value().strip()
    if not bare:
        raise ValueError("is blank")
    if not bare.isprintable():
        raise ValueError("holds a line break or the like")
    return SecretStr(bare)


def address(value: str) -> str:
    """Check an HTTP address."""
    parts = _parts(value)
    if parts is None or parts.scheme not in ("http", "https") or not value.isprintable():
        raise ValueError("is no address that begins with http:// or https://")
    if " " in value or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("holds more than an address: a blank, a user, a password or a query")
    return value


def database(value: SecretStr) -> SecretStr:
    """Check a database's address, and name its driver; it may hold a password."""
    written, _, rest = value.get_secret_value().strip().partition("://")
    scheme = written.lower()
    if scheme in _SQLITE:
        return SecretStr(f"sqlite+aiosqlite://{_sqlite_file(rest)}")
    if scheme in _POSTGRESQL:
        return SecretStr(_postgresql(f"postgresql+psycopg://{rest}"))
    raise ValueError("is neither a SQLite file nor a PostgreSQL")


def principal_id(value: str) -> str:
    """Check the id of a Slack user or user group."""
    return _slack_id(value, _PRINCIPAL_ID, "is no id of a Slack user or user group")


def user_id(value: str) -> str:
    """Check the id of one Slack user."""
    if _GROUP_ID.fullmatch(value):
        raise ValueError("is a user group's id, and not one person's")
    return _slack_id(value, _USER_ID, "is no id of a Slack user")


def channel_id(value: str) -> str:
    """Check the id of a Slack channel."""
    return _slack_id(value, _CHANNEL_ID, "is no id of a Slack channel")


def authorization_id(value: str) -> str:
    """Check the id of an authorization."""
    if not _AUTHORIZATION_ID.fullmatch(value.lower()):
        raise ValueError("is no authorization's id")
    return value.lower()


def file(value: Path) -> Path:
    """Check that a file is there."""
    try:
        found = value.is_file()
    except OSError:
        # A name too long for a file, or a folder that is closed to the bot.
        found = False
    if not found:
        raise ValueError("names no file")
    return value


def ca_file(value: Path) -> Path:
    """Check a file of certificates."""
    file(value)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except OSError:
        raise ValueError("names a file that holds no certificate in PEM") from None
    return value


def _sqlite_file(path: str) -> str:
    name = path.removeprefix("/")
    if name == path or not name:
        raise ValueError("names no SQLite file")
    if name.startswith((":memory:", "file:")) or "?" in name:
        raise ValueError("is not the plain name of a file, which outlives this process")
    return path


def _postgresql(address: str) -> str:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise ValueError("is no address of a PostgreSQL") from None
    if "@" in (url.host or ""):
        # What stands before the last @ is a part of the password, and must not pass for a host.
        raise ValueError("has a password with an @ in it, which is written %40")
    if not address.isprintable() or " " in address:
        raise ValueError("holds a blank or a line break")
    if not url.database:
        raise ValueError("names no database")
    try:
        conninfo.make_conninfo(**dict.fromkeys(url.query, ""))
    except psycopg.ProgrammingError:
        # Not named: what stands behind an unescaped ? may be a part of the password.
        raise ValueError("has a parameter behind its ? that PostgreSQL does not know") from None
    return address


def _slack_id(value: str, pattern: re.Pattern[str], wrong: str) -> str:
    if value.startswith(("@", "#", "<")):
        raise ValueError("is a name, and names change")
    if not pattern.fullmatch(value):
        raise ValueError(wrong)
    return value


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        usable = bool((parts.hostname or "").encode("idna")) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None
