"""The environment and the policy file, brought together."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.changes.policy import ApprovalRules, ChannelRules, Limits, PolicySource, Roles
from bot.changes.update import ChangeKind
from bot.configuration import Configuration, InstanceSettings, PolicyRules, load_configuration
from bot.settings import SettingsError
from tests.configuration.samples import Load, Wrong, settings

INSTANCE = '[[influxdb]]\nname = "prod"\nurl = "http://a"\ntoken_env = "PROD"\n'
ROLES = '[roles]\noperator = ["U0ALICE"]\n'
LISTED = Roles.every(frozenset({"U0ALICE", "S0ONCALL"}))
OF_ENVIRONMENT = {"influxdb_url": "http://influxdb:8086", "influxdb_token": "made-up"}
NOTHING = dict.fromkeys(OF_ENVIRONMENT)


@pytest.fixture(autouse=True)
def prod(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that the file names."""
    monkeypatch.setenv("PROD", "made-up-prod")


def test_allowed_users_alone_are_a_complete_policy() -> None:
    """They hold every role; no approvals, no limit; the one InfluxDB is called default."""
    said = load_configuration(
        settings(
            allowed_users="U0ALICE,S0ONCALL",
            influxdb_own_authorization="0D0D0D0D0D0D0003",
            **OF_ENVIRONMENT,
        )
    )

    assert said == Configuration(
        PolicyRules(roles=LISTED, source=PolicySource.ALLOWED_USERS),
        (
            InstanceSettings(
                "default",
                "http://influxdb:8086",
                SecretStr("made-up"),
                own_authorization="0d0d0d0d0d0d0003",
            ),
        ),
    )
    assert said.policy.limits == Limits(targets_per_person=None)
    assert said.policy.approval == ApprovalRules()


@pytest.mark.parametrize("text", [None, "", "[roles]\n", "[channels]\ndirect = false\n"])
def test_without_anybody_everybody_is_denied_and_the_start_warns(
    load: Load, text: str | None
) -> None:
    """Neither ALLOWED_USERS nor roles: nobody holds one."""
    said = load_configuration(settings(**OF_ENVIRONMENT)) if text is None else load(text)

    place = "ALLOWED_USERS" if text is None else "[roles] in token-bot.toml"
    assert said.warnings == (f"nobody holds a role, so everybody is denied: set {place}",)
    assert said.policy.roles.ids == frozenset()


def test_the_file_says_more_beside_allowed_users(load: Load) -> None:
    """Channels, approvals and limits hold for those who are listed; no limit comes unasked."""
    said = load(
        '[channels]\nallowed = ["C0INCIDENTS"]\n[approval]\nneeded_for = ["enable"]\n',
        allowed_users="U0ALICE,S0ONCALL",
    )

    assert said.policy == PolicyRules(
        roles=LISTED,
        source=PolicySource.ALLOWED_USERS,
        channels=ChannelRules(frozenset({"C0INCIDENTS"})),
        approval=ApprovalRules(frozenset({ChangeKind.ENABLE})),
        limits=Limits(targets_per_person=None),
    )
    assert said.warnings == ()


@pytest.mark.parametrize(
    ("text", "read_only", "stopped"),
    [
        (ROLES, False, ""),
        (ROLES, True, "READ_ONLY"),
        (f"{ROLES}[limits]\nread_only = true", False, "read_only in token-bot.toml"),
        (f"{ROLES}[limits]\nread_only = true", True, "READ_ONLY"),
    ],
)
def test_what_stops_changes_is_named(
    load: Load, text: str, stopped: str, *, read_only: bool
) -> None:
    """So that whoever reads the refusal knows what to lift."""
    assert load(text, read_only=read_only).policy.limits.read_only == stopped


def test_without_a_file_read_only_is_named_too() -> None:
    """The variable alone stops all changes."""
    said = load_configuration(settings(read_only=True, **OF_ENVIRONMENT))

    assert said.policy.limits.read_only == "READ_ONLY"


def test_instances_of_the_file_need_none_of_the_environment(load: Load) -> None:
    """With [[influxdb]], INFLUXDB_URL and INFLUXDB_TOKEN are not required."""
    said = load(f"{ROLES}{INSTANCE}", **NOTHING)

    assert [instance.name for instance in said.instances] == ["prod"]


@pytest.mark.parametrize(
    ("text", "said", "problem", "remedy"),
    [
        (
            f"\n{ROLES}",
            {"allowed_users": "U0BOB"},
            "line 2: [roles] stands beside ALLOWED_USERS",
            "Unset ALLOWED_USERS, or remove this section.",
        ),
        (
            f"{ROLES}{INSTANCE}",
            OF_ENVIRONMENT,
            "line 3: [[influxdb]] stands beside INFLUXDB_URL, INFLUXDB_TOKEN",
            "Unset those variables, or remove this section.",
        ),
        (
            f"{ROLES}{INSTANCE}",
            {"influxdb_own_authorization": "0" * 16},
            "line 3: [[influxdb]] stands beside INFLUXDB_OWN_AUTHORIZATION",
            "Unset that variable, or remove this section.",
        ),
        (
            "[approval]\nneeded_for = ['enable']\nquorum = 2",
            {"allowed_users": "U0BOB"},
            "line 3: [approval] quorum asks for more votes than there are approvers, 1",
            "List more approvers in [roles] approver, or lower quorum.",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    wrong: Wrong, text: str, said: dict[str, str], problem: str, remedy: str
) -> None:
    """Of two answers to one question neither is ignored."""
    assert wrong(text, **said) == [f"token-bot.toml, {problem}. {remedy}"]


def test_without_an_instance_in_the_file_the_variables_are_required(wrong: Wrong) -> None:
    """They are missing, beside whatever is wrong with the file."""
    lines = wrong(f"{ROLES}viewer = 1\n", **NOTHING)

    assert [line.partition(".")[0] for line in lines] == [
        "INFLUXDB_URL is missing",
        "INFLUXDB_TOKEN is missing",
        "token-bot",
    ]


def test_an_approver_that_is_a_group_may_be_many(load: Load) -> None:
    """How many a group has is known to Slack alone; the quorum stands."""
    said = load('[roles]\napprover = ["S0SECURITY"]\n[approval]\nquorum = 3\n')

    assert said.policy.approval.quorum == 3


def test_a_file_that_went_away_is_said_to_be_gone(file: Path, load: Load) -> None:
    """Between the settings and the file, somebody moved it."""
    load(ROLES)
    said = settings(token_bot_config=file, **OF_ENVIRONMENT)
    file.unlink()

    with pytest.raises(SettingsError, match="line 1: the file cannot be read: No such file"):
        load_configuration(said)
