"""What InfluxDB v2 says in JSON, read into the bot's own words.

Nothing here keeps what it was given: what the member ``token`` holds is compared while it is read,
and errors carry no input. People write tokens into descriptions and names, too: what looks like one
there is hidden while it is read, since much of what is read is recorded.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from bot.changes.authorization import Authorization, Permission, Status
from bot.changes.probe import Search, Sighting
from bot.changes.secret import mask_secrets
from bot.influxdb.credential import Credential
from bot.influxdb.timestamps import Moment, moment


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class Seeking:
    """Which tokens are looked for while authorizations are read.

    Attributes:
        own: The one that the bot itself uses.
        sought: Another one, or None.
    """

    own: Credential
    sought: Credential | None = None


@dataclass(frozen=True)
class Recognised:
    """Tell whether a token is one of those that are looked for; None where it is not shown."""

    own: bool | None = None
    sought: bool | None = None


def _recognised(shown: object, info: ValidationInfo) -> Recognised:
    seeking: Seeking | None = info.context
    if seeking is None:
        return Recognised()
    sought = None if seeking.sought is None else seeking.sought.is_shown(shown)
    return Recognised(seeking.own.is_shown(shown), sought)


def _moment(stated: object) -> Moment | None:
    if stated is None or isinstance(stated, Moment):
        return stated
    if not isinstance(stated, str):
        raise ValueError("not a time")  # noqa: TRY004 - pydantic takes no TypeError for its own
    return moment(stated)


def _words(written: str | None) -> str:
    # PostgreSQL keeps no text with this sign in it, and nobody sees it.
    return mask_secrets((written or "").replace("\x00", ""))


_Id = Annotated[str, Field(pattern=r"\A[0-9a-f]{16}\z")]
_Time = Annotated[Moment | None, BeforeValidator(_moment)]


class _ResourceBody(_Body):
    # Cloud and later versions have types that are not known here: they must still be shown.
    type: str
    id: str | None = None
    name: str | None = None
    org_id: str | None = Field(default=None, alias="orgID")
    org: str | None = None


class _PermissionBody(_Body):
    action: str
    resource: _ResourceBody

    def permission(self) -> Permission:
        resource = self.resource
        return Permission(
            action=self.action,
            resource_type=resource.type,
            resource_id=resource.id or None,
            resource_name=_words(resource.name) or None,
            org_id=resource.org_id or None,
            org=_words(resource.org) or None,
        )


class AuthorizationBody(_Body):
    """Read one authorization.

    Strict where a guard leans on it (id, status, owner, organisation, permissions), lenient
    elsewhere.

    Source: ``GET /api/v2/authorizations/{id}``.
    """

    id: _Id
    status: Status
    description: str | None = None
    user_id: str = Field(alias="userID", min_length=1)
    user: str | None = None
    org_id: str = Field(alias="orgID", min_length=1)
    org: str | None = None
    permissions: tuple[_PermissionBody, ...]
    token: Annotated[Recognised, BeforeValidator(_recognised)] = Recognised()
    created: _Time = Field(default=None, alias="createdAt")
    updated: _Time = Field(default=None, alias="updatedAt")

    @classmethod
    def read(cls, body: bytes, credential: Credential) -> Authorization:
        """Read one authorization.

        Raises:
            ValidationError: If it is none.
        """
        return cls.model_validate_json(body, context=Seeking(credential)).authorization()

    def authorization(self) -> Authorization:
        """Give it as the bot knows authorizations."""
        return Authorization(
            id=self.id,
            status=self.status,
            description=_words(self.description),
            user_id=self.user_id,
            user=_words(self.user),
            org_id=self.org_id,
            org=_words(self.org),
            permissions=tuple(each.permission() for each in self.permissions),
            own=self.token.own,
            revision=0 if self.updated is None else self.updated.nanoseconds,
            created_at=None if self.created is None else self.created.at,
            updated_at=None if self.updated is None else self.updated.at,
        )


class AuthorizationListBody(_Body):
    """Read a list of authorizations, all or none.

    A list without the malformed ones would look complete: the last operator token, or the bot's
    own, could be among those left out.

    Source: ``GET /api/v2/authorizations``.
    """

    authorizations: tuple[AuthorizationBody, ...]

    @classmethod
    def read(cls, body: bytes, credential: Credential) -> tuple[Authorization, ...]:
        """Read the authorizations in ascending order of their ids.

        Raises:
            ValidationError: If it is no such list, or any entry is malformed.
        """
        return cls.model_validate_json(body, context=Seeking(credential)).in_order()

    @classmethod
    def search(cls, body: bytes, seeking: Seeking) -> Sighting:
        """Read which authorizations have the token that is sought.

        Raises:
            ValidationError: If it is no such list, or any entry is malformed.
        """
        listed = cls.model_validate_json(body, context=seeking)
        hidden = sum(each.token.sought is None for each in listed.authorizations)
        shown = len(listed.authorizations) - hidden
        matching = tuple(each for each in listed.authorizations if each.token.sought)
        return Sighting(
            Search.HIDDEN if hidden and not shown else Search.COMPARED,
            AuthorizationListBody(authorizations=matching).in_order(),
            shown,
            hidden,
        )

    def in_order(self) -> tuple[Authorization, ...]:
        """Give them as the bot knows authorizations, by ascending id."""
        read = (each.authorization() for each in self.authorizations)
        return tuple(sorted(read, key=lambda each: each.id))


class UserBody(_Body):
    """Read a user.

    Source: ``GET /api/v2/users/{id}`` and ``GET /api/v2/me``.
    """

    id: str = Field(min_length=1)
    status: str = ""


class ErrorBody(_Body):
    """Read the envelope of InfluxDB's errors.

    One code has several meanings, which the message tells apart.
    """

    code: str
    message: str


class StartingBody(_Body):
    """Read what a server says that is not ready yet, with 503 and without the envelope."""

    status: str
