from bot.changes import leak_counting
from bot.changes.decision import Decision, Denied
from bot.changes.pauses import its_turn
from bot.changes.ports import Counts
from bot.changes.request import ChangeRequest


class OutcomeCounting:
    """Count what changes come to, for the metrics.

    Args:
        counts: Told of each target that ends, of changes that took effect, and how reports of
            leaked secrets go on.
    """

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def count(self, before: ChangeRequest, after: ChangeRequest) -> None:
        """Count the targets that have come to an outcome, and how a report goes on."""
        leak_counting.count(before, after, self._counts.leaks)
        open_before = {t.key for t in before.targets if not t.state.final}
        known = {target.key for target in before.targets}
        for target in after.targets:
            new = target.key in open_before or target.key not in known
            if new and target.state.final:
                self._counts.changes.change(target.update.kind.value, target.state.value)
        if after.state.final and not before.state.final:
            self._measure(after)

    def refused(self, decision: Decision) -> None:
        """Count that the policy says no by now, when the change is to be carried out."""
        if isinstance(decision, Denied):
            self._counts.changes.decision("carry out", decision.outcome, decision.name.value)

    def _measure(self, request: ChangeRequest) -> None:
        """Measure what took effect; what failed or was refused has not been waited for."""
        moments = [each.finished_at for each in request.effective if each.finished_at is not None]
        if moments:
            kind = request.kind.value if request.leak is None else "leak"
            seconds = (max(moments) - its_turn(request)).total_seconds()
            self._counts.changes.carried_out(kind, seconds)
