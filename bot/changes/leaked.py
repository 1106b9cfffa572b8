"""Which tokens of a report are the leaked one, as far as it is known."""

from bot.changes.probe import ProbeVerdict
from bot.changes.request import ChangeRequest
from bot.changes.target import Target


def leaked(change: ChangeRequest) -> tuple[Target, ...]:
    """List the tokens that are the leaked one: named by the server, or proven by the secret."""
    report = change.leak
    if report is None:
        return ()
    return tuple(
        target
        for target in change.targets
        if report.named(target.instance)
        or ((attempt := report.attempt(*target.key)) is not None and attempt.proves)
    )


def disabled(change: ChangeRequest) -> tuple[Target, ...]:
    """List those of them that this report has disabled."""
    return tuple(target for target in leaked(change) if target.state.taken)


def may_have_leaked(change: ChangeRequest, target: Target) -> bool:
    """Tell whether a token is the leaked one, or may be: the secret was not seen to outlive it."""
    report = change.leak
    if report is None or report.named(target.instance):
        return report is not None
    attempt = report.attempt(*target.key)
    return attempt is None or attempt.after.verdict is not ProbeVerdict.LIVE
