from collections.abc import Callable

from bot.changes import leak_counting
from bot.changes.ports import LeakCounts
from bot.changes.request import ChangeRequest


class OutcomeCounting:
    """Count what changes come to, for the metrics.

    Args:
        finished: Told the kind and the outcome of each target that ends.
        leaks: Told how reports of leaked secrets go on.
    """

    def __init__(self, finished: Callable[[str, str], None], leaks: LeakCounts) -> None:
        self._finished = finished
        self._leaks = leaks

    def count(self, before: ChangeRequest, after: ChangeRequest) -> None:
        """Count the targets that have come to an outcome, and how a report goes on."""
        leak_counting.count(before, after, self._leaks)
        open_before = {t.key for t in before.targets if not t.state.final}
        known = {target.key for target in before.targets}
        for target in after.targets:
            new = target.key in open_before or target.key not in known
            if new and target.state.final:
                self._finished(target.update.kind.value, target.state.value)
