from bot.changes.errors import ErrorCode
from bot.changes.leak_report import LeakReport, Proof
from bot.changes.ports import LeakCounts
from bot.changes.request import ChangeRequest


def count(before: ChangeRequest, after: ChangeRequest, counts: LeakCounts) -> None:
    """Count how far a report has come between two moments of its record."""
    was, now = before.leak, after.leak
    if was is None or now is None:
        return
    if not was.looked and now.looked and after.targets:
        counts.identified("named" if any(each.matched for each in now.looked) else "owner")
    if after.state.closed and not before.state.closed:
        count_closed(after, counts)
    if after.taken and not before.taken:
        counts.disabled()
    if was.concluded_at is None and now.concluded_at is not None:
        seconds = now.seconds_from(after.created_at)
        if seconds is None:
            counts.not_proven(_reason(after, now))
        else:
            counts.proven_dead(seconds)


def count_closed(request: ChangeRequest, counts: LeakCounts) -> None:
    """Count a report that was closed before its end, by what has become of it."""
    if request.leak is not None and request.state.closed:
        counts.not_proven(request.state.value)


def _reason(request: ChangeRequest, report: LeakReport) -> str:
    """Name why a report ended without a proof: by the code of what went wrong, if there is one."""
    if request.closing is not None:
        return request.closing.code.value
    if report.secret_gone:
        return ErrorCode.LEAK_SECRET_GONE.value
    problems = [target.problem for target in request.targets if target.problem is not None]
    if report.proof is Proof.ALIVE and problems:
        return problems[0].code.value
    return report.proof.value
