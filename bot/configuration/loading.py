"""Bring the environment and the policy file together."""

from bot.changes.policy import Limits, PolicySource, Roles
from bot.configuration.policy_file import PolicyFile, read_policy_file
from bot.configuration.sections import INSTANCES, TARGETS_PER_PERSON
from bot.configuration.values import (
    DEFAULT_INSTANCE,
    Configuration,
    InstanceSettings,
    PolicyRules,
)
from bot.settings import Settings, SettingsError, secret_from_environment

_OF_THE_INSTANCE = (
    "influxdb_url",
    "influxdb_token",
    "influxdb_own_authorization",
    "influxdb_ca_file",
)
_NOBODY = "nobody holds a role, so everybody is denied"


def load_configuration(settings: Settings) -> Configuration:
    """Say who may do what, and where, from the settings and the file that they name.

    Raises:
        SettingsError: If something is wrong; it names every line, not the first.
    """
    if settings.token_bot_config is None:
        return _without_file(settings)
    file = read_policy_file(settings.token_bot_config, secret_from_environment)
    if not file.findings.texts:
        # A section that is wrong says nothing; to judge by that would mislead.
        _refuse_impossible_approvals(file, _roles(settings, file))
    _refuse_contradictions(settings, file)
    missing = _missing(settings) if INSTANCES not in file.present else []
    if missing or file.findings.texts:
        raise SettingsError([*missing, *file.findings.texts])
    return _with_file(settings, file)


def _without_file(settings: Settings) -> Configuration:
    rules = PolicyRules(
        roles=Roles.every(settings.allowed_users),
        limits=Limits(read_only="READ_ONLY" if settings.read_only else ""),
    )
    nobody = () if rules.roles.ids else (f"{_NOBODY}: set ALLOWED_USERS",)
    return Configuration(rules, _instance_of_environment(settings), nobody)


def _with_file(settings: Settings, file: PolicyFile) -> Configuration:
    listed = bool(settings.allowed_users)
    most = file.targets_per_person
    if most is None and not listed:
        most = TARGETS_PER_PERSON
    stopped = f"read_only in {PolicySource.FILE}" if file.read_only else ""
    rules = PolicyRules(
        roles=_roles(settings, file),
        source=PolicySource.ALLOWED_USERS if listed else PolicySource.FILE,
        channels=file.channels,
        approval=file.approval,
        limits=Limits(most, "READ_ONLY" if settings.read_only else stopped),
        undo_window=file.undo_window,
        owners=file.owners,
    )
    nobody = () if rules.roles.ids else (f"{_NOBODY}: set [roles] in {PolicySource.FILE}",)
    instances = file.instances or _instance_of_environment(settings)
    return Configuration(rules, instances, (*file.warnings, *nobody))


def _roles(settings: Settings, file: PolicyFile) -> Roles:
    return Roles.every(settings.allowed_users) if settings.allowed_users else file.roles


def _refuse_impossible_approvals(file: PolicyFile, roles: Roles) -> None:
    """Note approvals that nobody could give, whoever asks for them."""
    rules, approvers = file.approval, roles.approver
    if (rules.needed_for or rules.several) and not approvers:
        file.findings.add(
            ("approval", "needed_for"),
            "asks for approvals that nobody could give",
            "List approvers in [roles] approver, or leave needed_for empty.",
        )
    if approvers and not roles.groups & approvers and rules.quorum > len(approvers):
        file.findings.add(
            ("approval", "quorum"),
            f"asks for more votes than there are approvers, {len(approvers)}",
            "List more approvers in [roles] approver, or lower quorum.",
        )


def _refuse_contradictions(settings: Settings, file: PolicyFile) -> None:
    """Note what is said both in the environment and in the file, so that neither is ignored."""
    if settings.allowed_users and "roles" in file.present:
        file.findings.add(
            ("roles",),
            "stands beside ALLOWED_USERS",
            "Unset ALLOWED_USERS, or remove this section.",
        )
    given = [name.upper() for name in _OF_THE_INSTANCE if getattr(settings, name) is not None]
    if given and INSTANCES in file.present:
        file.findings.add(
            (INSTANCES, 0),
            f"stands beside {', '.join(given)}",
            f"Unset {'that variable' if len(given) == 1 else 'those variables'}, or remove this "
            "section.",
        )


def _missing(settings: Settings) -> list[str]:
    """List what the one instance of the environment lacks."""
    return [
        f"{name.upper()} is missing. {Settings.model_fields[name].description}"
        for name in ("influxdb_url", "influxdb_token")
        if getattr(settings, name) is None
    ]


def _instance_of_environment(settings: Settings) -> tuple[InstanceSettings, ...]:
    if settings.influxdb_url is None or settings.influxdb_token is None:
        return ()
    return (
        InstanceSettings(
            DEFAULT_INSTANCE,
            settings.influxdb_url,
            settings.influxdb_token,
            settings.influxdb_own_authorization,
            settings.influxdb_ca_file,
        ),
    )
