"""What a change would do now, where somebody asked for that alone."""

from bot.changes.decision import Allowed, AllowedByBreakGlass, Denied, NeedsApproval
from bot.changes.duration import in_words
from bot.changes.outcomes import UNTOUCHED, cause
from bot.changes.queries import Preview
from bot.changes.request import ChangeRequest
from bot.changes.stages import no_timer_here
from bot.changes.states import TargetState
from bot.slack.blocks.choices import choice_line, choice_text, found_on
from bot.slack.blocks.listing import coming
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    joined,
    paragraph,
    plain,
    read_out,
    shown,
)
from bot.slack.blocks.showing import shown_lines, shown_text, what, what_text
from bot.slack.blocks.timers import timer_words
from bot.slack.blocks.wording import wanted, whereabouts


def dry_run_message(preview: Preview) -> Message:
    """Tell what a change would do; nothing was sent."""
    change = preview.request
    title = f"Dry run: {what(change)}"
    said, text = _outcome(change)
    would = [_waits(preview), *(_rules(preview) or [timer_words(change)])]
    return Message(
        read_out(f"Dry run: {what_text(change)}.", text, *would, UNTOUCHED),
        (paragraph([bold(title)], *said, *([plain(each)] for each in would), [plain(UNTOUCHED)]),),
    )


def _outcome(change: ChangeRequest) -> tuple[list[Line], str]:
    """Say what would become of the tokens: as lines, and as text."""
    if len(change.targets) != 1:
        return shown_lines(change), shown_text(change)
    target = change.targets[0]
    if change.choices:
        found = found_on([choice.instance for choice in change.choices])
        asked = "You would be asked which one is meant."
        lines = [[plain(found)], *map(choice_line, change.choices), [plain(asked)]]
        return lines, " ".join((found, *map(choice_text, change.choices), asked))
    where = joined([code(target.authorization_id)], *whereabouts(target))
    if target.problem is not None:
        # What a refusal says of its effect is said below, of the dry run.
        why = shown(cause(target.problem), LONGEST_TOLD)
        how = "fail now" if target.state is TargetState.FAILED else "be refused"
        refused = f"It would {how}: {why} {shown(target.problem.hint, LONGEST_TOLD)}".strip()
        return [where, [plain(refused)]], refused
    if target.state is TargetState.UNCHANGED:
        already = f"It would find nothing to change: it is already {wanted(target.update)}."
        return [where, [plain(already)]], already
    return shown_lines(change), shown_text(change)


def _waits(preview: Preview) -> str:
    """Say what the change would wait for, and how long."""
    if preview.waits_for is None:
        return ""
    why = shown(cause(preview.waits_for), LONGEST_TOLD)
    return f"It would wait: {why} It is tried again for up to {in_words(preview.patience)}."


def _rules(preview: Preview) -> list[str]:
    """Say what the policy would say; nothing where there is nothing to decide about."""
    ruling = preview.ruling
    if isinstance(ruling.decision, Denied):
        denied = ruling.decision
        return [f"It would not be allowed: {_ended(denied.rule)}", shown(denied.hint)]
    if preview.request.timer is not None and not ruling.ends_freely:
        refused = no_timer_here()
        return [f"It would be refused: {cause(refused)}", refused.hint]
    said = []
    if ruling.stopped is not None:
        said.append(f"It would not be allowed now: {_ended(ruling.stopped.rule)}")
    if isinstance(ruling.decision, AllowedByBreakGlass):
        said += _by_break_glass(ruling.decision, preview.unreviewed)
    elif preview.request.break_glass is not None and isinstance(ruling.decision, Allowed):
        said.append("It needs no --break-glass: it would be an ordinary disable.")
    if isinstance(ruling.decision, NeedsApproval) and coming(preview.request):
        said.append(f"It would need an approval: {_ended(ruling.decision.rule)}")
    return said


def _by_break_glass(decision: AllowedByBreakGlass, earlier: ChangeRequest | None) -> list[str]:
    """Say that it would run at once, or which change has to be reviewed before."""
    if earlier is not None:
        waits = f"your break-glass {earlier.id} is not reviewed yet"
        return [f"It would be refused: {waits}, and until then you cannot break the glass again."]
    return [
        f"It would run at once, by break-glass, although {_ended(decision.needed)}",
        "Every approver would be told, and one of them would have to review it.",
    ]


def _ended(rule: str) -> str:
    return f"{shown(rule, LONGEST_TOLD).rstrip('.')}."
