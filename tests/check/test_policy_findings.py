"""What is worth knowing about the policy, and nothing is wrong with."""

import pytest

from bot.changes.people import Account
from bot.changes.policy import ChannelRules, Limits, PolicySource, Roles
from bot.check.answers import Refused, Silent, Told
from bot.check.channels import Channel, channel_findings
from bot.check.findings import Finding, Severity
from bot.check.owners import owner_findings
from bot.check.people import Crowd, Group, Member, people_findings
from bot.check.policy import policy_findings
from bot.configuration import Configuration, PolicyRules
from bot.slack.channels import ChannelKind

ALICE = Roles.every(frozenset({"U0ALICE"}))
LISTED = PolicySource.ALLOWED_USERS


def people(answer: Told[Member] | None) -> list[Finding]:
    """Judge one person who is listed."""
    users = {} if answer is None else {"U0ALICE": answer}
    return people_findings(ALICE, LISTED, Crowd(users))


@pytest.mark.parametrize(
    ("answer", "severity", "what"),
    [
        (Member(Account.MEMBER), "ok", "1 user in ALLOWED_USERS: Slack knows them all."),
        (Member(Account.GUEST), "note", "U0ALICE in ALLOWED_USERS is a guest, and may do what"),
        (None, "note", "Not looked up: U0ALICE. Slack was not asked, since too many are listed."),
        (Refused("ratelimited"), "note", "Not looked up: U0ALICE. Slack says ratelimited."),
        (Silent("did not answer"), "note", "Not looked up: U0ALICE. Slack did not answer."),
        (Refused("user_not_found"), "problem", "U0ALICE in ALLOWED_USERS is no user of this"),
        (Member(Account.MEMBER, at_home=False), "problem", "U0ALICE in ALLOWED_USERS belongs to"),
    ],
)
def test_people(answer: Told[Member] | None, severity: str, what: str) -> None:
    """A guest who is listed by id may be meant; what Slack did not tell is no problem."""
    (found,) = people(answer)

    assert found.severity.value == severity
    assert found.what.startswith(what)


@pytest.mark.parametrize(
    ("answer", "severity", "what"),
    [
        (Member(Account.MEMBER), "ok", "1 user in [owners]: Slack knows them all."),
        (Member(Account.GUEST), "ok", "1 user in [owners]: Slack knows them all."),
        (None, "note", "Owners that were not looked up: U0ALICE. Slack was not asked, since too"),
        (Silent("did not answer"), "note", "Owners that were not looked up: U0ALICE. Slack did"),
        (Refused("user_not_found"), "problem", "U0ALICE in [owners] is no user of this workspace."),
        (Member(Account.DEACTIVATED), "problem", "U0ALICE in [owners] is deactivated: nobody"),
        (Member(Account.BOT), "problem", "U0ALICE in [owners] is a bot: nobody"),
        (Member(Account.MEMBER, at_home=False), "problem", "U0ALICE in [owners] belongs to"),
    ],
)
def test_owners(answer: Told[Member] | None, severity: str, what: str) -> None:
    """They need no role, but have to be there to be told."""
    users = {} if answer is None else {"U0ALICE": answer}

    (found,) = owner_findings(frozenset({"U0ALICE"}), Crowd(users))

    assert found.severity.value == severity
    assert found.what.startswith(what)


def test_a_bot_that_only_shows_is_noted() -> None:
    """With viewers alone nobody may change a token, which may be meant."""
    roles = Roles(viewer=frozenset({"S0SRE"}))
    crowd = Crowd({}, {"S0SRE": Group(frozenset({"U0ALICE"}))})

    (found,) = people_findings(roles, PolicySource.FILE, crowd)

    assert (found.severity, found.what[:27]) == (Severity.NOTE, "Nobody may change a token: ")


@pytest.mark.parametrize(
    ("answer", "severity"),
    [
        (Channel(), "ok"),
        (Channel(ChannelKind.SHARED), "note"),
        (Refused("ratelimited"), "note"),
        (Silent("cannot be reached"), "note"),
        (Refused("channel_not_found"), "problem"),
        (Refused("missing_scope"), "problem"),
        (Channel(archived=True), "problem"),
        (Channel(has_bot=False), "problem"),
    ],
)
def test_an_allowed_channel(answer: Told[Channel], severity: str) -> None:
    """One that is shared may be meant, being listed."""
    rules = ChannelRules(allowed=frozenset({"C0INCIDENTS"}))

    (found,) = channel_findings(rules, {"C0INCIDENTS": answer})

    assert found.severity.value == severity


def test_no_channel_is_allowed() -> None:
    """An empty list is not an absent one."""
    (found,) = channel_findings(ChannelRules(allowed=frozenset()), {})

    assert (found.severity, found.what) == (
        Severity.NOTE,
        "No channel is allowed: [channels] allowed is empty.",
    )


def test_a_stop_by_the_settings_is_noted() -> None:
    """It is named by the setting, so that whoever wonders knows what to unset."""
    rules = PolicyRules(ALICE, limits=Limits(read_only="READ_ONLY"))

    stopped, untold = policy_findings(Configuration(rules, ()), None, {})

    assert stopped.what == "All changes are stopped: READ_ONLY is set."
    assert untold.what == "It was not compared with Slack, which could not be asked."
