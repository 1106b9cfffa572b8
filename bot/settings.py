"""The only reader of the environment."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot import settings_fields as fields

_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_DEFAULT_DATABASE = "sqlite:///./var/token-bot.db"
# With the first of these set, Bolt would turn itself into an OAuth app and drop the bot token; of
# the last it warns that it has no use for it, which it has: the settings have read it.
_BOLT_VARIABLES = (
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_VERIFICATION_TOKEN",
    "SLACK_BOT_TOKEN",
)


_Kind = TypeVar("_Kind", bound=BaseSettings)
_Value = TypeVar("_Value")


class DatabaseSettings(BaseSettings):
    """Where the database is; all that commands on the record need."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[SecretStr, AfterValidator(fields.database)] = Field(
        default=SecretStr(_DEFAULT_DATABASE),
        validate_default=True,
        description="Set it to a SQLite file, such as sqlite:///./var/token-bot.db, or to a "
        "PostgreSQL, such as postgresql://user:password@host/database.",
    )


class CommandSettings(BaseSettings):
    """What the slash command is called; all that the app's manifest needs."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    slash_command: str = Field(
        default="/token",
        description="Set it to the slash command's name in the app's manifest, such as /token.",
    )

    @field_validator("slash_command")
    @classmethod
    def _check_command(cls, value: str) -> str:
        if not _COMMAND.fullmatch(value):
            raise ValueError("is no slash command")
        return value


class SettingsError(Exception):
    """The environment does not make a bot; each line names a variable and the remedy."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _bot_token(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith("xoxb-"):
        raise ValueError("is no bot token")
    return value


def _app_token(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith("xapp-"):
        raise ValueError("is no app-level token")
    return value


class Settings(DatabaseSettings, CommandSettings):
    """What the bot is told by its environment. A field's description is the remedy."""

    slack_bot_token: Annotated[
        SecretStr, AfterValidator(fields.token), AfterValidator(_bot_token)
    ] = Field(description="Set it to the app's bot token (xoxb-…), from OAuth & Permissions.")
    # Before the signing secret, whose absence is judged by it.
    slack_app_token: (
        Annotated[SecretStr, AfterValidator(fields.token), AfterValidator(_app_token)] | None
    ) = Field(
        default=None,
        description="Set it to an app-level token (xapp-…) with connections:write, from Basic "
        "Information, or unset it to take Slack's requests by HTTP.",
    )
    slack_signing_secret: Annotated[SecretStr, AfterValidator(fields.token)] | None = Field(
        default=None,
        validate_default=True,
        description="Set it to the app's signing secret, from Basic Information, or set "
        "SLACK_APP_TOKEN for Socket Mode.",
    )
    slack_api_url: Annotated[str, AfterValidator(fields.address)] = Field(
        default="https://slack.com/api/",
        description="Leave it out, or set it to an address that begins with https://.",
    )
    token_bot_config: Annotated[Path, AfterValidator(fields.file)] | None = Field(
        default=None,
        description="Set it to the path of the policy file, such as ./token-bot.toml.",
    )
    fingerprint_key: Annotated[SecretStr, AfterValidator(fields.token)] | None = Field(
        default=None,
        description="Set it to a random secret, by which a leaked secret is recognised later, or "
        "leave it out to remember nothing.",
    )
    influxdb_url: Annotated[str, AfterValidator(fields.address)] | None = Field(
        default=None,
        validate_default=True,
        description="Set it to InfluxDB's address, such as https://influxdb.example.com:8086.",
    )
    influxdb_token: Annotated[SecretStr, AfterValidator(fields.token)] | None = Field(
        default=None,
        validate_default=True,
        description="Set it to an API token that reads and writes authorizations and users.",
    )
    influxdb_own_authorization: Annotated[str, AfterValidator(fields.authorization_id)] | None = (
        Field(
            default=None,
            description="Set it to the id of the authorization of INFLUXDB_TOKEN: 16 hexadecimal "
            "digits.",
        )
    )
    influxdb_ca_file: Annotated[Path, AfterValidator(fields.ca_file)] | None = Field(
        default=None, description="Set it to a file with the CA certificate of InfluxDB, in PEM."
    )
    allowed_users: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="Set it to ids of Slack users and user groups, comma-separated, such as "
        "U0ALICE,S0ONCALL.",
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
    def _split_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",") if part.strip()]
        for number, each in enumerate(ids, start=1):
            try:
                fields.principal_id(each)
            except ValueError as error:
                # Entries are counted, not named: who knows what was pasted there.
                raise ValueError(f"holds an entry, number {number}, that {error}") from None
        return frozenset(ids)

    @field_validator("influxdb_url", "influxdb_token")
    @classmethod
    def _needed_without_file(cls, value: _Value, info: ValidationInfo) -> _Value:
        # A file may name the instances; whoever reads it looks whether it does.
        if value is None and info.data.get("token_bot_config", "is wrong") is None:
            raise PydanticCustomError("missing", "missing")
        return value

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


class _Whom(BaseSettings):
    """Where it can stand who may do something, whether or not that can be read."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    allowed_users: str = ""
    token_bot_config: str = ""


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: If something is missing or wrong; it names every variable, not the first.
    """
    try:
        return _loaded(Settings)
    except SettingsError as error:
        # What is wrong is told alone; whoever begins is told of all that is to be set.
        begins = any(" is missing. " in line for line in error.lines)
        raise SettingsError([*error.lines, *(_nobody() if begins else ())]) from None


def load_database_settings() -> DatabaseSettings:
    """Read from the environment where the database is; raise SettingsError if that is wrong."""
    return _loaded(DatabaseSettings)


def load_command_settings() -> CommandSettings:
    """Read from the environment what the command is called; raise SettingsError if it is none."""
    return _loaded(CommandSettings)


def secret_from_environment(name: str) -> SecretStr | None:
    """Read the variable of which the policy file says that it holds a secret."""
    value = os.environ.get(name)  # noqa: TID251 - this is the one place
    return SecretStr(value) if value else None


def forget_bolt_variables() -> None:
    """Take variables that would change what Bolt is out of this process's environment."""
    for name in _BOLT_VARIABLES:
        os.environ.pop(name, None)  # noqa: TID251 - this is the one place


def _loaded(kind: type[_Kind]) -> _Kind:
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError([_line(detail) for detail in error.errors()]) from None


def _nobody() -> list[str]:
    """Say that nobody is named who may do anything; by itself that is no error."""
    who = _Whom()
    if who.allowed_users.strip() or who.token_bot_config.strip():
        return []
    remedy = str(Settings.model_fields["allowed_users"].description).removesuffix(".")
    wrong = "ALLOWED_USERS is missing, so nobody may do anything."
    return [f"{wrong} {remedy}, or set TOKEN_BOT_CONFIG to a policy file."]


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
