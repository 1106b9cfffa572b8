"""What a change would do now, where somebody asked for that alone."""

from bot.changes.decision import Denied, NeedsApproval
from bot.changes.queries import Preview
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.update import summary
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    plain,
    shown,
)
from bot.slack.blocks.waiting import preview_lines
from bot.slack.blocks.wording import name_of, told, whereabouts

_UNTOUCHED = "Nothing was changed."


def preview_message(preview: Preview) -> Message:
    """Tell what a change would do; nothing was sent."""
    change = preview.request
    title = f"Dry run: {change.kind}"
    rule = _rule(preview)
    if len(change.targets) != 1:
        lines: list[Line] = [[bold(title)], *preview_lines(change), [plain(rule)]]
        text = f"{title} {len(change.targets)} tokens. {rule} {_UNTOUCHED}"
        return Message(escaped(text), (paragraph(*lines, [plain(_UNTOUCHED)]),))
    target = change.targets[0]
    outcome = _outcome(change)
    lines = [
        joined([bold(title)], [plain(name_of(target.seen))]),
        joined([code(target.authorization_id)], *whereabouts(target)),
        [plain(outcome)],
        [plain(rule)],
        [plain(_UNTOUCHED)],
    ]
    text = f"{title} {target.authorization_id}. {outcome} {rule} {_UNTOUCHED}"
    return Message(escaped(text), (paragraph(*lines),))


def _outcome(change: ChangeRequest) -> str:
    target = change.targets[0]
    if change.choices:
        places = " and ".join(choice.instance for choice in change.choices)
        return f"It was found on {places}; you would be asked which one is meant."
    if target.problem is not None:
        # What a refusal says of its effect is said below, of the dry run.
        why = shown(target.problem.message, LONGEST_TOLD).removesuffix(_UNTOUCHED).strip()
        return f"It would be refused. {why} {shown(target.problem.hint, LONGEST_TOLD)}".strip()
    if target.state is TargetState.UNCHANGED or target.before is None:
        return "It would find nothing to change."
    changes = "; ".join(
        f"{field} {told(field, old)} → {told(field, new)}"
        for field, old, new in summary(target.update, target.before)
    )
    return f"It would change {changes}."


def _rule(preview: Preview) -> str:
    ruling = preview.ruling
    if isinstance(ruling.decision, Denied):
        return f"It would not be allowed: {ruling.decision.rule}."
    if ruling.stopped is not None:
        return f"It would not be allowed now: {ruling.stopped.rule}."
    if isinstance(ruling.decision, NeedsApproval):
        return f"It would need an approval: {ruling.decision.rule}."
    return ""
