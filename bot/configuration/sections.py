"""The sections of the policy file and their keys. A key's description is the remedy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)

from bot import settings_fields
from bot.changes.duration import in_words, parse_duration
from bot.changes.update import ChangeKind

SEVERAL = "several"
CHANGES = (*(kind.value for kind in ChangeKind), SEVERAL)
"""What an approval can be needed for."""

_SHORTEST = timedelta(minutes=1)
_LONGEST = timedelta(days=30)
_HOLDERS = (
    "Use ids in a list: U… or W… of users, S… of user groups; a profile's or group's menu in Slack "
    "copies them."
)
_DURATION = f"Write it as text, from {in_words(_SHORTEST)} to {in_words(_LONGEST)}, such as"


@dataclass(frozen=True)
class Outside:
    """What the file refers to.

    Attributes:
        folder: Where relative paths begin: the file's own folder.
        variable: Reads a secret from a variable of the environment; None if it is not set.
    """

    folder: Path
    variable: Callable[[str], SecretStr | None]


def _duration(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError("is no text in quotes")  # noqa: TRY004 - pydantic takes no TypeError
    duration = parse_duration(value)
    if not _SHORTEST <= duration <= _LONGEST:
        raise ValueError(f"is not between {in_words(_SHORTEST)} and {in_words(_LONGEST)}")
    return duration


def _change(value: str) -> str:
    if value in CHANGES:
        return value
    likely = get_close_matches(value.lower(), CHANGES, n=1)
    meant = f"; {likely[0]} is most like it" if likely else ""
    raise ValueError(f"is no kind of change{meant}")


def _outside(info: ValidationInfo) -> Outside:
    return cast("Outside", info.context)


def _path(value: object, info: ValidationInfo) -> object:
    return _outside(info).folder / value if isinstance(value, str) else value


def _token_in_variable(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    found = _outside(info).variable(value)
    if found is None:
        raise ValueError("names no variable that is set")
    return _token(found, "names a variable that")


def _token_in_file(value: object, info: ValidationInfo) -> object:
    path = _path(value, info)
    if not isinstance(path, Path):
        return value
    try:
        text = settings_fields.file(path).read_text(encoding="utf-8")
    except OSError:
        raise ValueError("names a file that cannot be read") from None
    except UnicodeDecodeError:
        raise ValueError("names a file that holds no text") from None
    return _token(SecretStr(text), "names a file that")


def _token(value: SecretStr, holder: str) -> SecretStr:
    try:
        return settings_fields.token(value)
    except ValueError as error:
        raise ValueError(f"{holder} {error}") from None


def _name(value: str) -> str:
    letters = set(value) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if letters or not 1 <= len(value) <= 32:
        raise ValueError("is no name")
    return value


Holder = Annotated[str, AfterValidator(settings_fields.principal_id)]
ChannelId = Annotated[str, AfterValidator(settings_fields.channel_id)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Section(BaseModel):
    """One table of the file; TOML's types are taken as they are."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, strict=True, validate_default=False
    )

    @classmethod
    def remedies(cls) -> dict[str, str]:
        """Give what to do about each key."""
        return {key: str(field.description) for key, field in cls.model_fields.items()}


class RolesSection(Section):
    """Who holds which role; each holds those before it."""

    viewer: list[Holder] = Field(default=[], description=_HOLDERS)
    operator: list[Holder] = Field(default=[], description=_HOLDERS)
    approver: list[Holder] = Field(default=[], description=_HOLDERS)


class ChannelsSection(Section):
    """Where the bot is used."""

    allowed: list[ChannelId] | None = Field(
        default=None,
        description="Use ids in a list, C… or G…, as a channel's About shows them; without this "
        "key every channel is allowed.",
    )
    direct: bool = Field(default=True, description="Set it to true or false.")
    feed: ChannelId | None = Field(
        default=None, description="Use the id, C… or G…, as the channel's About shows it."
    )


class ApprovalSection(Section):
    """When a second person is needed."""

    needed_for: list[Annotated[str, AfterValidator(_change)]] = Field(
        default=[], description=f"List some of {', '.join(CHANGES)}."
    )
    expires_after: Duration = Field(
        default=timedelta(minutes=30), description=f"{_DURATION} 30m or 2h."
    )
    self_approval: bool = Field(default=False, description="Set it to true or false.")
    quorum: int = Field(
        default=1, ge=1, description="Set it to how many must approve, from 1 to all approvers."
    )


class LimitsSection(Section):
    """How much is allowed at all."""

    targets_per_person: int | None = Field(
        default=None,
        ge=1,
        description="Set it to how many tokens one person may change in 10 minutes without an "
        "approver, 1 or more.",
    )
    read_only: bool = Field(default=False, description="Set it to true or false.")


class UndoSection(Section):
    """How long an Undo works."""

    window: Duration = Field(default=timedelta(hours=24), description=f"{_DURATION} 24h or 2d.")


class OwnersSection(Section):
    """Who is told of a leaked token; every key is an InfluxDB user."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, Annotated[str, AfterValidator(settings_fields.user_id)]]


class InstanceSection(Section):
    """One InfluxDB."""

    name: Annotated[str, AfterValidator(_name)] = Field(
        description="Use up to 32 small letters, digits and hyphens, such as prod."
    )
    url: Annotated[str, AfterValidator(settings_fields.address)] = Field(
        description="Set it to InfluxDB's address, such as https://influxdb.example.com:8086."
    )
    token_env: Annotated[SecretStr, BeforeValidator(_token_in_variable)] | None = Field(
        default=None,
        description="Name the variable of the environment that holds the API token, and set that.",
    )
    token_file: Annotated[SecretStr, BeforeValidator(_token_in_file)] | None = Field(
        default=None, description="Name a file that holds the API token and nothing else."
    )
    own_authorization: Annotated[str, AfterValidator(settings_fields.authorization_id)] | None = (
        Field(
            default=None,
            description="Set it to the id of the token's authorization: 16 hexadecimal digits.",
        )
    )
    ca_file: (
        Annotated[Path, BeforeValidator(_path), AfterValidator(settings_fields.ca_file)] | None
    ) = Field(default=None, description="Name a file with the CA's certificate, in PEM.")


OWNERS = "owners"
"""The section whose keys are free."""

INSTANCES = "influxdb"
"""The section that stands in the file as often as there are instances; the others stand once."""

SECTIONS: dict[str, type[Section]] = {
    "[roles]": RolesSection,
    "[channels]": ChannelsSection,
    "[approval]": ApprovalSection,
    "[limits]": LimitsSection,
    "[undo]": UndoSection,
    f"[{OWNERS}]": OwnersSection,
    f"[[{INSTANCES}]]": InstanceSection,
}
"""All sections, by how they are written."""

TARGETS_PER_PERSON = 20
"""How many tokens one person may change in 10 minutes where ``[roles]`` says who may what."""
