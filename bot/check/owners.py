"""Whether those who answer for InfluxDB's users can be told that a token of theirs has leaked."""

from bot.changes.people import Account
from bot.check.answers import Refused, Silent, Told, reason
from bot.check.findings import Finding, counted, listed, note, ok, problem
from bot.check.people import Crowd, Member
from bot.configuration import PolicyRules


def named_owners(rules: PolicyRules) -> frozenset[str]:
    """List the Slack users who answer for somebody."""
    return frozenset(each.slack_user for each in rules.owners)


def owner_findings(owners: frozenset[str], crowd: Crowd) -> list[Finding]:
    """Judge the Slack users of ``[owners]``.

    Args:
        owners: Their ids.
        crowd: Who is there.
    """
    found: list[Finding] = []
    untold: dict[str, list[str]] = {}
    for user in sorted(owners):
        answer = crowd.users.get(user)
        wrong = _wrong(answer)
        if wrong is not None:
            found.append(problem(f"{user} in [owners] {wrong}", "Correct or remove it."))
        elif not isinstance(answer, Member):
            untold.setdefault(_why(answer), []).append(user)
    found += [
        note(f"Owners that were not looked up: {listed(users)}. Slack {why}.")
        for why, users in untold.items()
    ]
    if owners and not found:
        return [ok(f"{counted(len(owners), 'user')} in [owners]: Slack knows them all.")]
    return found


def _wrong(answer: Told[Member] | None) -> str | None:
    match answer:
        case Refused("user_not_found"):
            return "is no user of this workspace."
        case Member(at_home=False):
            return "belongs to another workspace: a leak is not told outside your own."
        case Member(account=Account.DEACTIVATED):
            return "is deactivated: nobody is told that a token of theirs has leaked."
        case Member(account=Account.BOT):
            return "is a bot: nobody is told that a token of theirs has leaked."
        case _:
            return None


def _why(answer: Refused | Silent | None) -> str:
    return "was not asked, since too many are listed" if answer is None else reason(answer)
