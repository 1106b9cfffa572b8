"""The only reader of the environment."""

import os
import re
import ssl
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_USER_ID = re.compile(r"[UW][A-Z0-9]+")
_USERGROUP_ID = re.compile(r"S[A-Z0-9]+")
_AUTHORIZATION_ID = re.compile(r"[0-9a-f]{16}")
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_DEFAULT_DATABASE = "sqlite:///./var/token-bot.db"
# With these set, Bolt would turn itself into an OAuth app and drop the bot token.
_BOLT_VARIABLES = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN")


_Kind = TypeVar("_Kind", bound=BaseSettings)


class DatabaseSettings(BaseSettings):
    """Where the database is; all that commands on the record need."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field(
        default=_DEFAULT_DATABASE,
        validate_default=True,
        description="Set it to a SQLite file, such as sqlite:///./var/token-bot.db.",
    )

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        scheme, separator, rest = value.partition(":///")
        if scheme not in ("sqlite", "sqlite+aiosqlite") or not separator or not rest:
            raise ValueError("is no SQLite file, and this version knows no other database")
        if rest.startswith((":memory:", "file:")) or "?" in rest:
            raise ValueError("is not the plain name of a file, which outlives this process")
        return f"sqlite+aiosqlite:///{rest}"


class SettingsError(Exception):
    """The environment does not make a bot; each line names a variable and the remedy."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _token(value: SecretStr) -> SecretStr:
    bare = value.get_secret_value().strip()
    if not bare:
        raise ValueError("is blank")
    if not bare.isprintable():
        raise ValueError("holds a line break or the like")
    return SecretStr(bare)


def _bot_token(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith("xoxb-"):
        raise ValueError("is no bot token")
    return value


def _app_token(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith("xapp-"):
        raise ValueError("is no app-level token")
    return value


def _address(value: str) -> str:
    parts = _parts(value)
    if parts is None or parts.scheme not in ("http", "https") or not value.isprintable():
        raise ValueError("is no address that begins with http:// or https://")
    if " " in value or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("holds more than an address: a blank, a user, a password or a query")
    return value


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        usable = bool((parts.hostname or "").encode("idna")) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


class Settings(DatabaseSettings):
    """What the bot is told by its environment. A field's description is the remedy."""

    slack_bot_token: Annotated[SecretStr, AfterValidator(_token), AfterValidator(_bot_token)] = (
        Field(description="Set it to the app's bot token (xoxb-…), from OAuth & Permissions.")
    )
    # Before the signing secret, whose absence is judged by it.
    slack_app_token: (
        Annotated[SecretStr, AfterValidator(_token), AfterValidator(_app_token)] | None
    ) = Field(
        default=None,
        description="Set it to an app-level token (xapp-…) with connections:write, from Basic "
        "Information, or unset it to take Slack's requests by HTTP.",
    )
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        default=None,
        validate_default=True,
        description="Set it to the app's signing secret, from Basic Information, or set "
        "SLACK_APP_TOKEN for Socket Mode.",
    )
    slack_api_url: Annotated[str, AfterValidator(_address)] = Field(
        default="https://slack.com/api/",
        description="Leave it out, or set it to an address that begins with https://.",
    )
    influxdb_url: Annotated[str, AfterValidator(_address)] = Field(
        description="Set it to InfluxDB's address, such as https://influxdb.example.com:8086.",
    )
    influxdb_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        description="Set it to an API token that reads and writes authorizations and users."
    )
    influxdb_own_authorization: str | None = Field(
        default=None,
        description="Set it to the id of the authorization of INFLUXDB_TOKEN: 16 hexadecimal "
        "digits.",
    )
    influxdb_ca_file: Path | None = Field(
        default=None, description="Set it to a file with the CA certificate of InfluxDB, in PEM."
    )
    allowed_users: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="Set it to Slack user ids, comma-separated, such as U0ALICE,U0BOB.",
    )
    slash_command: str = Field(
        default="/token",
        description="Set it to the slash command's name in the app's manifest, such as /token.",
    )
    read_only: bool = Field(default=False, description="Set it to true or false.")
    host: str = Field(default="127.0.0.1", description="Set it to the address to listen on.")
    port: int = Field(default=3000, ge=0, le=65535, description="Set it to a TCP port.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Set it to DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="Set it to console or json."
    )
    # Known, but not to this version: to ignore it would be to ignore somebody's intention.
    token_bot_config: str | None = Field(
        default=None, description="Unset it and set ALLOWED_USERS: this version has no policy file."
    )

    @field_validator("slack_signing_secret")
    @classmethod
    def _needed_for_http(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # An app token that is wrong is not among the data; it has an error of its own.
        by_http = info.data.get("slack_app_token", "wrong") is None
        if by_http and value is None:
            raise ValueError("is missing")
        return value

    @field_validator("allowed_users", mode="before")
    @classmethod
    def _split_users(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        users = [part.strip() for part in value.split(",") if part.strip()]
        # Entries are counted, not named: who knows what was pasted there.
        for number, user in enumerate(users, start=1):
            if _USERGROUP_ID.fullmatch(user):
                raise ValueError(
                    f"holds a user group, entry {number}, and this version takes users alone"
                )
            if not _USER_ID.fullmatch(user):
                raise ValueError(f"holds something that is no Slack user id: entry {number}")
        return frozenset(users)

    @field_validator("influxdb_own_authorization")
    @classmethod
    def _check_own(cls, value: str | None) -> str | None:
        if value is not None and not _AUTHORIZATION_ID.fullmatch(value.lower()):
            raise ValueError("is no authorization's id")
        return None if value is None else value.lower()

    @field_validator("influxdb_ca_file")
    @classmethod
    def _check_ca_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("names no file")
        if value is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
            except OSError:
                raise ValueError("names a file that holds no certificate in PEM") from None
        return value

    @field_validator("slash_command")
    @classmethod
    def _check_command(cls, value: str) -> str:
        if not _COMMAND.fullmatch(value):
            raise ValueError("is no slash command")
        return value

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("token_bot_config")
    @classmethod
    def _not_yet(cls, value: object) -> object:
        if value is not None:
            raise ValueError("is set")
        return value


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: If something is missing or wrong; it names every variable, not the first.
    """
    return _loaded(Settings)


def load_database_settings() -> DatabaseSettings:
    """Read from the environment where the database is; raise SettingsError if that is wrong."""
    return _loaded(DatabaseSettings)


def forget_bolt_variables() -> None:
    """Take variables that would change what Bolt is out of this process's environment."""
    for name in _BOLT_VARIABLES:
        os.environ.pop(name, None)  # noqa: TID251 - this is the one place


def _loaded(kind: type[_Kind]) -> _Kind:
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError([_line(detail) for detail in error.errors()]) from None


def _line(detail: ErrorDetails) -> str:
    name = str(detail["loc"][0])
    field = Settings.model_fields[name]
    if detail["type"] == "missing":
        wrong = "is missing"
    elif detail["type"] == "value_error":
        wrong = str(detail["ctx"]["error"])
    else:
        wrong = "cannot be used"
    return f"{name.upper()} {wrong}. {field.description}"
