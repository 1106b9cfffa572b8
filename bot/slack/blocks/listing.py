"""The tokens of a request of several, a line each; what all of them share is said once."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.changes.moments import clock_time
from bot.changes.outcomes import cause
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.slack.blocks.rich import Line, bold, code, joined, plain, quoted, shown
from bot.slack.blocks.wording import tokens

# What did not go as asked comes first, so that it is never what is cut off.
ORDER = (
    TargetState.FAILED,
    TargetState.UNKNOWN,
    TargetState.LOST,
    TargetState.APPLIED,
    TargetState.REFUSED,
    TargetState.CANCELLED,
    TargetState.UNCHANGED,
    TargetState.RETURNED,
    TargetState.DONE,
)
_HEADINGS = {
    TargetState.FAILED: "Failed, not in effect",
    TargetState.UNKNOWN: "Outcome unknown",
    TargetState.LOST: "Outcome lost",
    TargetState.APPLIED: "Applied, not read back",
    TargetState.REFUSED: "Refused, nothing changed",
    TargetState.CANCELLED: "Cancelled before its turn, nothing changed",
    TargetState.UNCHANGED: "Nothing to change",
    TargetState.RETURNED: "Not the leaked one, put back",
    TargetState.DONE: "Done",
}
_LISTED = 15
_LEFT_OUT = 10
# All lines with all their facts stay below what Slack takes in one message.
_LONGEST_NAME = 50
_LONGEST_WHY = 160
_LONGEST_HINT = 200
_HINTS = 2


def place(change: ChangeRequest) -> str:
    """Say whose tokens a request is about, and on which instance, as far as that is one."""
    selected = change.selection
    parts = [] if selected is None else [f"of {shown(selected.user, _LONGEST_NAME)}"]
    instances = {target.instance for target in change.targets}
    if len(instances) == 1 and "" not in instances:
        parts.append(f"on {instances.pop()}")
    return " ".join(parts)


def which(change: ChangeRequest, count: int) -> str:
    """Say which tokens a request is about, where they are several."""
    return f"{tokens(count)} {place(change)}".strip()


def coming(change: ChangeRequest) -> list[Target]:
    """List the targets that are still to be changed."""
    return [target for target in change.targets if not target.state.final]


@dataclass(frozen=True)
class Listing:
    """How to tell the tokens of one request apart.

    Attributes:
        owners: Whether they have several owners.
        instances: Whether they are on several instances.
        updates: Whether something else is set on each.
    """

    owners: bool
    instances: bool
    updates: bool

    @classmethod
    def of(cls, change: ChangeRequest) -> "Listing":
        """Look at what the tokens of a request share."""
        targets = change.targets
        return cls(
            owners=len({t.seen.user_id for t in targets if t.seen is not None}) > 1,
            instances=len({target.instance for target in targets}) > 1,
            updates=len({target.update for target in targets}) > 1,
        )

    def to_change(self, targets: Sequence[Target]) -> list[Line]:
        """List what is to be changed."""
        return self._rows(targets, _LISTED)

    def left_out(self, change: ChangeRequest) -> list[Line]:
        """List what is so already, and what could not be changed anyway."""
        already = change.in_state(TargetState.UNCHANGED)
        return [
            *self._group("Nothing to change", already, room=_LEFT_OUT),
            # What to do about one of them is nothing that the others are about.
            *self._group("Left out", _left_out(change), room=_LEFT_OUT, hints=False),
        ]

    def outcomes(self, targets: Sequence[Target]) -> list[Line]:
        """List the outcomes, grouped, each with what to do next; say how many are not listed."""
        lines: list[Line] = []
        room = _LISTED
        for state in ORDER:
            theirs = [target for target in targets if target.state is state]
            at = _read_back_at(theirs) if state is TargetState.DONE else ""
            lines += self._group(_HEADINGS[state], theirs, at, room)
            room = max(0, room - len(theirs))
        return lines

    def _group(
        self,
        heading: str,
        targets: Sequence[Target],
        at: str = "",
        room: int = _LISTED,
        *,
        hints: bool = True,
    ) -> list[Line]:
        if not targets:
            return []
        head: Line = [bold(f"{heading}: {len(targets)}"), plain(at)]
        then = _hints(targets) if hints else []
        return [head, *self._rows(targets, room), *([plain(hint)] for hint in then)]

    def _rows(self, targets: Sequence[Target], room: int) -> list[Line]:
        more = len(targets) - room
        rows = [self._row(target) for target in targets[:room]]
        return [*rows, *([[plain(f"and {more} more")]] if more > 0 else [])]

    def _row(self, target: Target) -> Line:
        seen = target.seen
        return joined(
            [code(target.authorization_id)],
            [plain(_name(target))],
            [plain(f"owner {shown(seen.user, _LONGEST_NAME)}")] if seen and self.owners else [],
            [plain(target.instance)] if self.instances else [],
            [plain(_described(target))] if self.updates and not target.state.final else [],
            [plain(why(target))],
        )


def listing_text(targets: Sequence[Target]) -> str:
    """Name tokens in a top-level text; empty if there are none."""
    each = [f"{t.authorization_id} {_name(t)}".strip() for t in targets[:_LISTED]]
    more = f"; and {len(targets) - _LISTED} more" if len(targets) > _LISTED else ""
    return f"{'; '.join(each)}{more}." if each else ""


def left_out_text(change: ChangeRequest) -> str:
    """Say in a top-level text what is so already, and what is left out and why."""
    already = len(change.in_state(TargetState.UNCHANGED))
    left_out = _left_out(change)
    parts = [f"Nothing to change: {already}."] if already else []
    if left_out:
        parts += [f"Left out: {len(left_out)}.", _reasons(left_out)]
    return " ".join(parts)


def _left_out(change: ChangeRequest) -> list[Target]:
    # What must not be touched comes first, so that it is never what is cut off.
    return [*change.in_state(TargetState.REFUSED), *change.in_state(TargetState.FAILED)]


def reasons_text(targets: Sequence[Target]) -> str:
    """Say in a top-level text what did not go as asked and why, and what to do next."""
    return " ".join(each for each in (_reasons(targets), *_hints(_gone_wrong(targets))) if each)


def _reasons(targets: Sequence[Target]) -> str:
    told = _gone_wrong(targets)[:_LISTED]
    return " ".join(f"{target.authorization_id}: {why(target)}" for target in told)


def _gone_wrong(targets: Sequence[Target]) -> list[Target]:
    ordered = sorted(targets, key=lambda each: ORDER.index(each.state) if each.state.final else 0)
    return [t for t in ordered if t.problem is not None and t.state is not TargetState.DONE]


def why(target: Target) -> str:
    """Say why a token did not go as asked, as far as its heading does not say it."""
    if target.problem is None:
        return ""
    words = cause(target.problem).removeprefix(f"{target.authorization_id} ")
    return shown(words, _LONGEST_WHY)


def _hints(targets: Sequence[Target]) -> list[str]:
    """Say what to do next; too many different hints would be none."""
    hints = dict.fromkeys(t.problem.hint for t in targets if t.problem and t.problem.hint)
    return [shown(hint, _LONGEST_HINT) for hint in list(hints)[:_HINTS]]


def _name(target: Target) -> str:
    if target.seen is None:
        return ""
    return shown(target.seen.description, _LONGEST_NAME) or "no description"


def _described(target: Target) -> str:
    wanted = target.update.description
    if wanted is None:
        return ""
    if not shown(wanted):
        return "to be without a description"
    return f"to be described as {quoted(wanted, _LONGEST_NAME)}"


def _read_back_at(targets: Sequence[Target]) -> str:
    moments = [target.finished_at for target in targets if target.finished_at is not None]
    return f", read back at {clock_time(max(moments))}" if moments else ""
