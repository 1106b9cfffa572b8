"""Whether what needs a second person can get one."""

from dataclasses import dataclass

from bot.changes.people import Account
from bot.changes.policy import PolicySource, Roles, is_group
from bot.check.answers import Refused, Silent
from bot.check.findings import Finding, counted, listed, note, ok, problem
from bot.check.people import Crowd, Member
from bot.configuration import PolicyRules


@dataclass(frozen=True)
class ApproversCheck:
    """Who can approve.

    Attributes:
        sure: Those of whom Slack says all that it takes.
        perhaps: These, and those of whom it does not.
        complete: Whether the members of every group of approvers are known.
    """

    sure: frozenset[str]
    perhaps: frozenset[str]
    complete: bool


def approvers_of(roles: Roles, crowd: Crowd) -> ApproversCheck:
    """Name the real people to whom the role is given, as the bot judges them.

    Guests count by their own id alone; bots, deactivated people and those of other workspaces do
    not count.
    """
    members = [crowd.members(each) for each in roles.approver if is_group(each)]
    by_id = frozenset(each for each in roles.approver if not is_group(each))
    listed_people = by_id.union(*(group for group in members if group is not None))
    sure = {user for user in listed_people if _counts(user, roles, crowd)}
    perhaps = {user for user in listed_people if _untold(user, crowd)}
    return ApproversCheck(frozenset(sure), frozenset(sure | perhaps), None not in members)


def approval_findings(rules: PolicyRules, crowd: Crowd) -> list[Finding]:
    """Judge whether enough people can approve, whoever asks."""
    needed = bool(rules.approval.needed_for or rules.approval.several)
    most = rules.limits.targets_per_person
    if not rules.roles.ids or not (needed or most is not None):
        return []
    approvers = approvers_of(rules.roles, crowd)
    if not _missing(rules, approvers.sure):
        return [ok(f"Approvals can be given: each takes {counted(rules.approval.quorum, 'vote')}.")]
    missing = _missing(rules, approvers.perhaps)
    if not approvers.complete or not missing:
        return [note("Whether enough people can approve cannot be told: see what Slack refuses.")]
    remedy = f"List more approvers in {_where(rules.source)}, or lower quorum in [approval]."
    if needed:
        return [problem(missing, remedy)]
    limit = f"more than {most} tokens within 10 minutes"
    return [note(f"{missing} Only changes of {limit} need one.", remedy)]


def _counts(user: str, roles: Roles, crowd: Crowd) -> bool:
    match crowd.users.get(user):
        case Member(Account.MEMBER, at_home=True):
            return True
        case Member(Account.GUEST, at_home=True):
            return user in roles.users
        case _:
            return False


def _untold(user: str, crowd: Crowd) -> bool:
    answer = crowd.users.get(user)
    return answer is None or (
        isinstance(answer, Refused | Silent) and answer != Refused("user_not_found")
    )


def _missing(rules: PolicyRules, approvers: frozenset[str]) -> str:
    """Say whose requests too few of these people could approve; empty if nobody's.

    Every approver may ask for changes, too, and then one vote is missing: their own.
    """
    quorum, there = rules.approval.quorum, len(approvers)
    if there < quorum:
        return f"No request can be approved: {_takes(quorum)}, and {_there(there)}."
    if not rules.approval.self_approval and there - 1 < quorum:
        return (
            f"Requests of {listed(approvers)} cannot be approved: {_takes(quorum)} besides the "
            f"requester's own, and {_there(there)}."
        )
    return ""


def _takes(quorum: int) -> str:
    return f"that takes {counted(quorum, 'vote')}"


def _there(number: int) -> str:
    people = {0: "nobody", 1: "1 person"}.get(number, f"{number} people")
    return f"{people} can approve"


def _where(source: PolicySource) -> str:
    return source if source is PolicySource.ALLOWED_USERS else f"[roles] in {source}"
