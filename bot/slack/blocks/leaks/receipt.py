"""The receipt of a leaked secret: what it is, what InfluxDB said to it, and what is left to do."""

from dataclasses import dataclass

from bot.changes.errors import ErrorCode
from bot.changes.leak_report import LeakReport, Proof
from bot.changes.leaked import disabled, leaked
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.differences import difference_lines, difference_text
from bot.slack.blocks.drift import drift_lines, drift_text
from bot.slack.blocks.endings import undone_lines, undone_text, undone_title
from bot.slack.blocks.leaks.aside import aside
from bot.slack.blocks.leaks.words import context, evidence, what_remains
from bot.slack.blocks.people import change_text, named_text, provenance
from bot.slack.blocks.problems import problem_lines, problem_mentions, problem_text
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    joined,
    paragraph,
    person,
    plain,
    shown,
)
from bot.slack.blocks.wording import INTERRUPTED, identified, name_of, whereabouts

_LISTED = 10
_REFUSED_ANYWAY = {ErrorCode.LEAK_ALREADY_DISABLED, ErrorCode.LEAK_OWNER_INACTIVE}


@dataclass(frozen=True)
class OwnerTold:
    """Whose leaked token it was, and whether they know.

    Attributes:
        name: The name of the user in InfluxDB.
        slack_user: Who in Slack answers for that user; None if nobody is mapped.
        told: Whether they were told by direct message.
        why_not: What Slack said if they cannot be told.
    """

    name: str
    slack_user: str | None = None
    told: bool = False
    why_not: str = ""


def receipt_message(
    change: ChangeRequest,
    report: LeakReport,
    *,
    owners: tuple[OwnerTold, ...] = (),
    undo: ChangeRequest | None = None,
    undoable: bool = False,
    undo_rule: str = "",
    note: str = "",
) -> Message:
    """Tell what a report of a leaked secret has come to.

    Args:
        change: The report's request.
        report: What is recorded of the secret.
        owners: Whose token was disabled as leaked.
        undo: The change that took it back, or is trying to.
        undoable: Whether to offer Undo.
        undo_rule: Why Undo needs a second person; empty if it does not.
        note: A last line, such as why it was sent to one person alone.
    """
    found = leaked(change)
    one = found[0] if len(found) == 1 else None
    title = f"{outcome_of_leak(change, report)}{'' if undo is None else undone_title(undo)}"
    needs = f"Undo needs a second person: {undo_rule}." if undoable and undo_rule else ""
    told = [
        *evidence(change, report),
        _seconds(change, report),
        *aside(change, report),
    ]
    after = [*what_remains(change), *_others(report), INTERRUPTED if change.interrupted else ""]
    lines: list[Line] = [
        joined([bold(title)], [plain(name_of(one.seen) if one is not None else "")]),
        *(line for t in found[:_LISTED] for line in _found(t)),
        *problem_lines(change.closing),
        *([plain(each)] for each in told),
        *([plain(each)] for each in context(change)),
        *([plain(each)] for each in after),
        *map(_owner_line, owners),
        [plain("Cancelled by "), person(change.cancelled_by), plain(".")]
        if change.cancelled_by
        else [],
        *drift_lines(change),
        provenance(change),
        *([] if undo is None else undone_lines(undo, _outcome_of(undo))),
        [plain(needs if undo is None else "")],
        [plain(note)],
    ]
    mentions = (
        named_text("Cancelled by ", [change.cancelled_by] if change.cancelled_by else []),
        *(named_text(_owner_words(each), [each.slack_user]) for each in owners if each.slack_user),
        problem_mentions(change.closing),
        "" if undo is None else undone_text(undo),
    )
    text = change_text(
        change,
        f"{title}: {'; '.join(map(identified, found[:_LISTED]))}." if found else f"{title}.",
        *(_difference_text(t, several=len(found) > 1) for t in found[:_LISTED]),
        problem_text(change.closing),
        *told,
        *context(change),
        *after,
        *(_unmapped(each) for each in owners if each.slack_user is None),
        drift_text(change),
        needs if undo is None else "",
        after=" ".join(each for each in mentions if each),
    )
    offered = []
    if undo is None:
        offered += [buttons.undo(change)] if undoable else []
        offered += [token_buttons.details(one.instance, one.authorization_id)] if one else []
    return Message(text, (paragraph(*lines), *([buttons.row(*offered)] if offered else [])))


def outcome_of_leak(change: ChangeRequest, report: LeakReport) -> str:
    """Say in a few words what a report has come to."""
    if change.closing is not None and change.closing.code in _REFUSED_ANYWAY:
        already = change.closing.code is ErrorCode.LEAK_ALREADY_DISABLED
        return "Leaked token already disabled" if already else "Leaked token refused already"
    if change.closing is not None and change.closing.code is ErrorCode.LEAK_SECRET_GONE:
        return "Leaked token not looked for"
    match report.proof:
        case Proof.DEAD:
            return "Leaked token disabled and proven dead"
        case Proof.ALREADY_DEAD:
            did = change.taken
            return f"Leaked token {'disabled; refused before' if did else 'already disabled'}"
        case Proof.ALIVE:
            return "Leaked token still usable"
        case Proof.NOT_FOUND:
            return "Leaked token not found"
        case Proof.NOT_PROVEN:
            return f"{'Token disabled' if change.taken else 'Leaked token'}, but not proven dead"


def _seconds(change: ChangeRequest, report: LeakReport) -> str:
    seconds = report.seconds_from(change.created_at)
    return "" if seconds is None else f"Proven dead {seconds:.1f} s after it was reported."


def _outcome_of(undo: ChangeRequest) -> list[Line]:
    """Tell what became of the tokens that were to work again."""
    told = undo.targets[:_LISTED]
    return [line for t in told for line in (*_difference(t), *problem_lines(t.problem))]


def _found(target: Target) -> list[Line]:
    """Say of a leaked token whose it is and where, and what was changed of it."""
    which = joined([code(target.authorization_id)], *whereabouts(target))
    return [which, *_difference(target)]


def _difference(target: Target) -> list[Line]:
    if target.state is not TargetState.DONE or target.before is None:
        return []
    return difference_lines(target.update, target.before, target.finished_at)


def _difference_text(target: Target, *, several: bool) -> str:
    if target.state is not TargetState.DONE or target.before is None:
        return ""
    said = difference_text(target.update, target.before, target.finished_at)
    return f"{target.authorization_id} on {target.instance}: {said}" if several else said


def _others(report: LeakReport) -> list[str]:
    """Say which changes are to disable the owners' other tokens, or that none is."""
    asked = report.others_by
    if len(asked) == 1:
        return [f"Its owner's other active tokens: change {asked[0].change_id}."]
    if not asked:
        return ["Its owner's other tokens were left alone."] if report.others else []
    return [
        f"Other active tokens of {shown(each.user, LONGEST_TOLD)} on {each.instance}: change "
        f"{each.change_id}."
        for each in asked
    ]


def _owner_line(owner: OwnerTold) -> Line:
    if owner.slack_user is None:
        return [plain(_unmapped(owner))]
    answers = f", who answers for {shown(owner.name, LONGEST_TOLD)}." if owner.name else "."
    return [plain(_owner_words(owner)), person(owner.slack_user), plain(answers)]


def _owner_words(owner: OwnerTold) -> str:
    if owner.told:
        return "Owner told by direct message: "
    if owner.why_not:
        return f"Owner could not be told ({shown(owner.why_not, LONGEST_TOLD)}): "
    return "Owner not told yet: "


def _unmapped(owner: OwnerTold) -> str:
    name = shown(owner.name, LONGEST_TOLD)
    return f"Owner {name} not told: no Slack user is mapped to that InfluxDB user."


def owned(change: ChangeRequest) -> tuple[Target, ...]:
    """List a token of each user whose token this report has disabled as leaked."""
    by_owner = {(t.instance, t.seen.user_id): t for t in disabled(change) if t.seen is not None}
    return tuple(by_owner.values())
