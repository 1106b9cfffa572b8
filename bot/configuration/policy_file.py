"""The policy file, section by section."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr, ValidationError

from bot.changes.policy import ApprovalRules, ChannelRules, OwnerMapping, Roles
from bot.changes.update import ChangeKind
from bot.configuration.document import Document, read_document
from bot.configuration.findings import Findings, instead
from bot.configuration.instances import instance_names, read_instances
from bot.configuration.open_files import open_files
from bot.configuration.owners import read_owners
from bot.configuration.sections import (
    SECTIONS,
    SEVERAL,
    ApprovalSection,
    ChannelsSection,
    LimitsSection,
    Outside,
    RolesSection,
    Section,
    UndoSection,
)
from bot.configuration.values import InstanceSettings

_Kind = TypeVar("_Kind", bound=Section)


@dataclass(frozen=True)
class PolicyFile:
    """What the file says; a section that is wrong counts as one that says nothing.

    Attributes:
        findings: What is wrong. If there is anything, nothing else here may be used.
        present: The sections that stand in it.
        targets_per_person: None if it does not say.
        instances: Its ``[[influxdb]]`` sections.
        owners: Who in Slack answers for which InfluxDB user.
        warnings: What is allowed and hardly meant.
    """

    findings: Findings
    present: frozenset[str]
    roles: Roles
    channels: ChannelRules
    approval: ApprovalRules
    targets_per_person: int | None
    read_only: bool
    undo_window: timedelta
    instances: tuple[InstanceSettings, ...]
    owners: frozenset[OwnerMapping]
    warnings: tuple[str, ...]


def read_policy_file(path: Path, variable: Callable[[str], SecretStr | None]) -> PolicyFile:
    """Read the file; whatever is wrong with it is among the findings.

    Args:
        path: Where it is.
        variable: Reads a secret from a variable of the environment.
    """
    document = read_document(path)
    outside = Outside(path.parent, variable)
    _refuse_unknown_sections(document)
    limits = _section(document, "limits", LimitsSection)
    instances = read_instances(document, outside)
    return PolicyFile(
        findings=document.findings,
        present=frozenset(document.content),
        roles=_roles(_section(document, "roles", RolesSection)),
        channels=_channel_rules(_section(document, "channels", ChannelsSection)),
        approval=_approval_rules(_section(document, "approval", ApprovalSection)),
        targets_per_person=limits.targets_per_person,
        read_only=limits.read_only,
        undo_window=_section(document, "undo", UndoSection).window,
        instances=instances,
        owners=read_owners(document, instance_names(document)),
        warnings=() if document.findings.texts else open_files(path, document, outside),
    )


def _roles(said: RolesSection) -> Roles:
    return Roles(
        viewer=frozenset(said.viewer),
        operator=frozenset(said.operator),
        approver=frozenset(said.approver),
    )


def _channel_rules(said: ChannelsSection) -> ChannelRules:
    return ChannelRules(
        allowed=None if said.allowed is None else frozenset(said.allowed),
        direct=said.direct,
        feed=said.feed,
    )


def _approval_rules(said: ApprovalSection) -> ApprovalRules:
    return ApprovalRules(
        needed_for=frozenset(ChangeKind(each) for each in said.needed_for if each != SEVERAL),
        several=SEVERAL in said.needed_for,
        expires_after=said.expires_after,
        self_approval=said.self_approval,
        quorum=said.quorum,
    )


def _section(document: Document, name: str, kind: type[_Kind]) -> _Kind:
    table = document.content.get(name, {})
    if not isinstance(table, dict):
        document.findings.add((name,), "is no section", f"Write [{name}] on a line of its own.")
        return kind()
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        for detail in error.errors():
            document.findings.add_detail((name,), detail, kind.remedies())
        return kind()


def _refuse_unknown_sections(document: Document) -> None:
    known = {title.strip("[]") for title in SECTIONS}
    for name in document.content.keys() - known:
        homes = [title for title, kind in SECTIONS.items() if name in kind.model_fields]
        if homes:
            text = f"{name} stands outside its section. Put it under {homes[0]}."
        else:
            text = f"there is no such section. {instead(f'[{name}]', SECTIONS)}"
        document.findings.add_at((name,), text)
