"""Whether a person may do something; default is no."""

from bot.changes.decision import (
    Allowed,
    AllowedByBreakGlass,
    Decision,
    Denied,
    Freeze,
    NeedsApproval,
    RuleName,
    SecondPerson,
    Wanted,
)
from bot.changes.moments import moment
from bot.changes.people import Person, Standing
from bot.changes.policy import LIMIT_WINDOW, Policy, Role, Workspace
from bot.changes.roles_held import Held, lacking, role_held
from bot.changes.update import ChangeKind

# Whoever has the machine can type any id behind --as: that may close what is open, never open it.
_NOT_ENABLED_HERE = Denied(
    "nothing is enabled from the command line, nor undone so that a token works again",
    "Ask for it in Slack; as long as that is down, InfluxDB's own page can.",
    name=RuleName.COMMAND_LINE,
)
_VERBS = {
    ChangeKind.ENABLE: "enabling",
    ChangeKind.DISABLE: "disabling",
    ChangeKind.DESCRIBE: "changing a description",
}


def decide(
    policy: Policy,
    person: Person,
    standing: Standing,
    wanted: Wanted,
    freeze: Freeze | None = None,
) -> Decision:
    """Decide whether a person may do something; default is no.

    Args:
        policy: The policy in force now.
        person: Who asks, with the team id of the person, not of the channel.
        standing: What Slack says of that person now.
        wanted: What it is about.
        freeze: Whether changes are stopped for every replica.
    """
    if not at_home(policy.home, person):
        return Denied(
            "you belong to another Slack workspace than this bot",
            "Ask somebody of the bot's own workspace.",
            of_requester="the requester belongs to another Slack workspace than this bot",
            name=RuleName.OTHER_WORKSPACE,
        )
    if wanted.role is Role.ANYONE:
        return Allowed("anyone may", name=RuleName.ANYONE)
    held = role_held(policy, person, standing)
    if isinstance(held, Denied):
        return held
    if held.role < wanted.role:
        return lacking(policy, person, standing, wanted.role, held)
    return _misplaced(policy, wanted) or _change(policy, person, wanted, held, freeze)


def _change(
    policy: Policy, person: Person, wanted: Wanted, held: Held, freeze: Freeze | None
) -> Decision:
    if not wanted.kinds:
        return Allowed(held.rule)
    if wanted.typed and ChangeKind.ENABLE in wanted.kinds:
        return _NOT_ENABLED_HERE
    stopped = stop(policy, freeze)
    if stopped is not None:
        return stopped
    needed = second_person(policy, wanted)
    if needed is None:
        return Allowed(held.rule)
    if not policy.roles.approver:
        return Denied(
            f"{needed.rule}, and nobody is an approver",
            f"Ask whoever runs this bot to list approvers in {policy.source}.",
            name=RuleName.NO_APPROVER,
        )
    if wanted.break_glass and wanted.kinds == {ChangeKind.DISABLE}:
        return _by_break_glass(policy, person, held, needed)
    rules = policy.approval
    return NeedsApproval(
        needed.rule, policy.roles.approver, rules.quorum, rules.expires_after, name=needed.name
    )


def _by_break_glass(policy: Policy, person: Person, held: Held, why: SecondPerson) -> Decision:
    """Let a person do at once what needs an approval, if there is somebody else to review it."""
    needed = why.rule
    if not policy.roles.approver - {person.user_id}:
        return Denied(
            f"{needed}, and nobody but you is an approver who could review a break-glass",
            f"Ask whoever runs this bot to list approvers in {policy.source}.",
            of_requester=(
                f"{needed}, and nobody but the requester is an approver who could review a "
                "break-glass"
            ),
            name=RuleName.NO_REVIEWER,
        )
    return AllowedByBreakGlass(
        f"break-glass by {held.role.title}: {needed}",
        needed,
        policy.roles.approver,
        name=why.name,
    )


def stop(policy: Policy, freeze: Freeze | None) -> Denied | None:
    """Say what stops all changes now, or None."""
    if policy.limits.read_only:
        return Denied(
            f"changes are stopped: {policy.limits.read_only} is set",
            "Whoever runs this bot can lift it.",
            name=RuleName.READ_ONLY,
        )
    if freeze is not None:
        why = f" ({freeze.reason})" if freeze.reason else ""
        return Denied(
            f"changes are stopped since {moment(freeze.at)} by token-bot freeze{why}",
            "Whoever runs this bot can lift it with token-bot unfreeze.",
            name=RuleName.FREEZE,
        )
    return None


def at_home(home: Workspace, person: Person) -> bool:
    """Tell whether a person is of the bot's own workspace, or of its own organisation."""
    if not home.team_id:
        return False
    if person.team_id == home.team_id:
        return True
    return bool(home.enterprise_id) and person.enterprise_id == home.enterprise_id


def _misplaced(policy: Policy, wanted: Wanted) -> Denied | None:
    channels = policy.channels
    if not wanted.channel_id:
        return None
    if is_direct(wanted.channel_id):
        if channels.direct or not wanted.kinds:
            return None
        return Denied(
            "changes from direct messages and Home are switched off",
            "Ask in a channel." if channels.allowed is None else _elsewhere(channels.allowed),
            name=RuleName.DIRECT_MESSAGE,
        )
    if channels.allowed is None or wanted.channel_id in {*channels.allowed, channels.feed}:
        return None
    return Denied(
        "this bot is not used in this channel",
        _elsewhere(channels.allowed),
        name=RuleName.CHANNEL,
    )


def is_direct(channel_id: str) -> bool:
    """Tell a direct message's channel from others; in Home, a person's own id stands for it."""
    return channel_id.startswith(("D", "U", "W"))


def _elsewhere(allowed: frozenset[str]) -> str:
    named = " or ".join(sorted(allowed))
    return f"Ask in {named}." if named else "No channel is allowed; ask whoever runs this bot."


def second_person(policy: Policy, wanted: Wanted) -> SecondPerson | None:
    """Say which rule wants a second person, or give None."""
    if wanted.never_alone:
        return SecondPerson(
            "undoing a break-glass needs an approval by somebody else",
            RuleName.BREAK_GLASS_UNDONE,
        )
    rules = policy.approval
    for kind in ChangeKind:
        if kind in wanted.kinds and kind in rules.needed_for:
            return SecondPerson(f"{_VERBS[kind]} needs an approval", RuleName.KIND)
    if wanted.leaked and rules.second_person:
        return SecondPerson(
            "enabling what was disabled as leaked needs an approval", RuleName.LEAKED
        )
    if rules.several and wanted.targets > 1:
        return SecondPerson("changing several tokens at once needs an approval", RuleName.SEVERAL)
    most = policy.limits.targets_per_person
    if most is not None and wanted.earlier + wanted.targets > most:
        minutes = LIMIT_WINDOW.total_seconds() / 60
        return SecondPerson(
            f"changing more than {most} tokens within {minutes:g} minutes needs an approval",
            RuleName.LIMIT,
        )
    return None
