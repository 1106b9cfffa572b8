"""What the bot is told about policy and instances, once it is found to be right."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.changes.policy import (
    ApprovalRules,
    ChannelRules,
    Limits,
    OwnerMapping,
    Policy,
    PolicySource,
    Roles,
    Workspace,
)

DEFAULT_INSTANCE = "default"
"""The name of the one InfluxDB that ``INFLUXDB_URL`` names."""


@dataclass(frozen=True)
class PolicyRules:
    """A policy but for the workspace that it holds in, which only Slack tells."""

    roles: Roles = field(default_factory=Roles)
    source: PolicySource = PolicySource.ALLOWED_USERS
    channels: ChannelRules = field(default_factory=ChannelRules)
    approval: ApprovalRules = field(default_factory=ApprovalRules)
    limits: Limits = field(default_factory=Limits)
    undo_window: timedelta = timedelta(hours=24)
    owners: frozenset[OwnerMapping] = frozenset()

    def of(self, home: Workspace) -> Policy:
        """Make it the policy of a workspace."""
        return Policy(
            home=home,
            roles=self.roles,
            source=self.source,
            channels=self.channels,
            approval=self.approval,
            limits=self.limits,
            undo_window=self.undo_window,
            owners=self.owners,
        )


@dataclass(frozen=True)
class InstanceSettings:
    """How one InfluxDB is reached.

    Attributes:
        name: Its name, by which people tell it from others.
        url: Where it is.
        token: The API token that the bot uses there.
        own_authorization: The id of that token's authorization, where it is given.
        ca_file: The CA's certificate, if it is no public one.
    """

    name: str
    url: str
    token: SecretStr
    own_authorization: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True)
class Configuration:
    """Who may do what, and where.

    Attributes:
        policy: The rules.
        instances: The InfluxDB instances, at least one, with names of their own.
        warnings: What is allowed and hardly meant; for the log.
    """

    policy: PolicyRules
    instances: tuple[InstanceSettings, ...]
    warnings: tuple[str, ...] = ()
