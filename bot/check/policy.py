"""Whether the policy can be carried out with who and what is there in Slack."""

from collections.abc import Mapping

from bot.check.answers import Told
from bot.check.approvals import approval_findings
from bot.check.channels import Channel, channel_findings
from bot.check.findings import Finding, Severity, note
from bot.check.owners import named_owners, owner_findings
from bot.check.people import Crowd, people_findings
from bot.configuration import Configuration


def policy_findings(
    configuration: Configuration,
    crowd: Crowd | None,
    channels: Mapping[str, Told[Channel]],
) -> list[Finding]:
    """Judge roles, approvals and channels.

    Args:
        configuration: The policy, and what is hardly meant in it.
        crowd: Who is there; None if Slack could not be asked.
        channels: What Slack says of the channels.
    """
    rules = configuration.policy
    found = [_warning(each) for each in configuration.warnings]
    if rules.limits.read_only:
        found.append(
            note(f"All changes are stopped: {rules.limits.read_only} is set.", "Unset it to go on.")
        )
    if crowd is None:
        return [*found, note("It was not compared with Slack, which could not be asked.")]
    return [
        *found,
        *people_findings(rules.roles, rules.source, crowd),
        *owner_findings(named_owners(rules), crowd),
        *approval_findings(rules, crowd),
        *channel_findings(rules.channels, channels),
    ]


def _warning(text: str) -> Finding:
    """Make a finding of a warning, which says what to do in the same breath."""
    return Finding(Severity.PROBLEM, f"{text[:1].upper()}{text[1:]}.")
