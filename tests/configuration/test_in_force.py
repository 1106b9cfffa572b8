"""The policy is read again while the bot runs."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.changes.policy import OwnerMapping, Workspace
from bot.configuration import PolicyInForce, load_configuration
from tests.configuration.samples import settings

HOME = Workspace("T0HOME")
ALICE = '[roles]\noperator = ["U0ALICE"]\n'
BOB = '[roles]\noperator = ["U0BOB"]\n'
PROD = '[[influxdb]]\nname = "prod"\nurl = "http://prod"\ntoken_env = "PROD"\n'


@pytest.fixture
def in_force(file: Path, monkeypatch: pytest.MonkeyPatch) -> PolicyInForce:
    """What was loaded at the start: Alice may."""
    monkeypatch.setenv("PROD", "made-up")
    file.write_text(ALICE + PROD)
    said = settings(token_bot_config=file)
    return PolicyInForce(said, load_configuration(said))


def test_a_policy_holds_in_a_workspace(in_force: PolicyInForce) -> None:
    """The rules of the file, and the workspace that Slack tells."""
    policy = in_force.current(HOME)

    assert policy.home == HOME
    assert policy.roles.operator == in_force.roles.operator == {"U0ALICE"}
    assert in_force.trouble is None


def test_a_good_file_is_taken_over(file: Path, in_force: PolicyInForce) -> None:
    """From the next decision on; the log names both policies as the record does."""
    before = in_force.current(HOME)
    file.write_text(BOB + PROD)

    with capture_logs() as logs:
        taken = in_force.reload()

    now = in_force.current(HOME)
    assert taken
    assert now.roles.operator == in_force.roles.operator == {"U0BOB"}
    assert logs == [
        {
            "event": "policy reloaded",
            "log_level": "info",
            "before": before.digest,
            "now": now.digest,
        }
    ]
    assert before.digest != now.digest


def test_owners_are_taken_over(file: Path, in_force: PolicyInForce) -> None:
    """Whoever answers for a token may change; the digest of what is decided by does not."""
    before = in_force.current(HOME)
    file.write_text(f'{ALICE}[owners]\n"prod/telegraf" = "U0BOB"\n{PROD}')

    assert in_force.reload()

    now = in_force.current(HOME)
    assert now.owners == {OwnerMapping("telegraf", "U0BOB", "prod")}
    assert now.digest == before.digest


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('[roles]\noperator = ["@bob"]\nviewer = 1\n', 2),
        ("[roles", 1),
        (None, 1),
        (BOB.replace("roles", "rules"), 1),
        (f"{BOB}{PROD.replace('PROD', 'NOPE')}", 1),
    ],
)
def test_a_wrong_file_leaves_the_policy_as_it_was(
    file: Path, in_force: PolicyInForce, text: str | None, problems: int
) -> None:
    """Nobody gains or loses anything by a mistake; every line is logged, and it is said so."""
    before = in_force.current(HOME)
    if text is None:
        file.unlink()
    else:
        file.write_text(text + PROD if problems == 2 else text)

    with capture_logs() as logs:
        taken = in_force.reload()

    assert not taken
    assert in_force.current(HOME) == before
    assert [line["log_level"] for line in logs if line["event"] == "policy not reloaded"] == [
        "error"
    ] * len(logs)
    assert all("token-bot.toml, line " in line["problem"] for line in logs[-problems:])
    assert in_force.trouble == (
        "the policy before the last reload is in force: what was read then is wrong in "
        f"{len(logs)} places, which are in the log"
    )


def test_trouble_lasts_until_a_good_file_is_read(file: Path, in_force: PolicyInForce) -> None:
    """A second bad reload keeps it, a good one ends it."""
    file.write_text("[roles")
    in_force.reload()
    in_force.reload()
    lasting = in_force.trouble
    file.write_text(ALICE + PROD)

    assert lasting is not None
    assert in_force.reload()
    assert in_force.trouble is None


@pytest.mark.parametrize("change", [("http://prod", "http://other"), ('"prod"', '"eu"')])
def test_changed_instances_wait_for_a_restart(
    file: Path, in_force: PolicyInForce, change: tuple[str, str]
) -> None:
    """The rest is taken over, and each reload says that these are not."""
    file.write_text(BOB + PROD.replace(*change))

    with capture_logs() as logs:
        taken = [in_force.reload(), in_force.reload()]

    waiting = [line for line in logs if "restart the bot" in line["event"]]
    assert taken == [True, True]
    assert [line["log_level"] for line in waiting] == ["warning"] * 2
    assert in_force.roles.operator == {"U0BOB"}


def test_a_policy_without_anybody_is_taken_over_with_a_warning(
    file: Path, in_force: PolicyInForce
) -> None:
    """It is what the file says; everybody is denied from then on."""
    file.write_text(PROD)

    with capture_logs() as logs:
        in_force.reload()

    assert in_force.roles.ids == frozenset()
    assert "nobody holds a role" in logs[0]["event"]
