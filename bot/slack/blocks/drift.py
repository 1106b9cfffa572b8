"""What was disabled is active again, and not by this bot."""

from collections.abc import Sequence
from dataclasses import replace

from bot.changes.moments import moment
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.people import named_text
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    joined,
    paragraph,
    person,
    plain,
    quoted,
    read_out,
    shown,
)
from bot.slack.blocks.wording import identified, name_of, tokens, whereabouts

_LISTED = 15
_NAMED = 5
_LONGEST_NAME = 50
_HOW = (
    "Not by this bot. Perhaps somebody edited {it} on an API Tokens page that was loaded before "
    "the disable: saving there sends the old status as well."
)
_AGAIN = {TargetState.DONE, TargetState.UNCHANGED}


def drift_message(
    change: ChangeRequest,
    number: int,
    again: ChangeRequest | None,
    note: str = "",
    *,
    since: Sequence[ChangeRequest] = (),
) -> Message:
    """Tell that tokens are active again which a change had disabled, with a button against that.

    Args:
        change: The change that had disabled them.
        number: Which of its drifts.
        again: The change that disables, or disabled, them again.
        note: A last line, such as why it was sent to one person alone.
        since: Other changes that have disabled all of them since.
    """
    targets = change.drifted(number)
    one = targets[0] if len(targets) == 1 else None
    title = "Active again" if one is not None else f"{tokens(len(targets))} active again"
    title = f"{title}{', then disabled again' if since or _disabled(again) else ''}"
    how = _HOW.format(it="it" if one is not None else "them")
    reason = f" Reason then: {quoted(change.reason)}." if change.reason else ""
    told = _one(one) if one is not None else _several(targets)
    lines: list[Line] = [
        joined([bold(title)], [plain(_name(one))] if one is not None else []),
        *told,
        [plain(how)],
        [
            plain("Disabled before by "),
            person(change.requester.user_id),
            plain(" as change "),
            code(change.id),
            plain(f".{reason}"),
        ],
        _again_line(again),
        *(_by("Disabled again since", each) for each in since),
        [plain(note)],
    ]
    text = read_out(
        f"{title}: {_named(targets)}.",
        *(_since(target) for target in ([one] if one is not None else [])),
        how,
        f"Change {change.id} had disabled {'it' if one is not None else 'them'}.{reason}",
        "" if again is None else f"Change {again.id} tells what became of Disable again.",
        *(f"Disabled again since as change {each.id}." for each in since),
        after=" ".join(
            each
            for each in (
                named_text("Disabled before by ", [change.requester.user_id]),
                named_text(f"{_how(again)} by ", [again.requester.user_id]) if again else "",
                named_text("Disabled again since by ", [each.requester.user_id for each in since]),
            )
            if each
        ),
    )
    offered = [] if again is not None or since else [buttons.disable_again(change, number)]
    if one is not None:
        offered.append(token_buttons.details(one.instance, one.authorization_id))
    return Message(text, (paragraph(*lines), *([buttons.row(*offered)] if offered else [])))


def drift_lines(change: ChangeRequest) -> list[Line]:
    """Say under a change which of its tokens are active again; nothing if none is."""
    return [[plain(each)] for each in _sentences(change)]


def drift_text(change: ChangeRequest) -> str:
    """Say the same in a top-level text."""
    return " ".join(_sentences(change))


def since(target: Target) -> str:
    """Say since when a token is active again, as far as InfluxDB tells: its last edit's time."""
    at = None if target.active_again is None else target.active_again.token.updated_at
    return "" if at is None else f" since {moment(at)} at the latest"


def _sentences(change: ChangeRequest) -> list[str]:
    found = [target for target in change.targets if target.active_again is not None]
    if not found:
        return []
    if len(change.targets) == 1:
        said = [f"Active again{since(found[0])}, and not by this bot."]
    else:
        ids = ", ".join(target.authorization_id for target in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        is_are = "is" if len(found) == 1 else "are"
        said = [f"{tokens(len(found))} {is_are} active again, and not by this bot: {ids}{more}."]
    named = (change.again_by(drift.number) for drift in change.drifts)
    for again_by in dict.fromkeys(each for each in named if each is not None):
        said.append(f"Disable again was asked for: change {again_by} tells the outcome.")
    return said


def _one(target: Target) -> list[Line]:
    was, found = target.after, target.active_again
    renamed = ""
    if was is not None and found is not None and was.description != found.token.description:
        renamed = f"Description: {quoted(was.description)} → {quoted(found.token.description)}"
    return [
        joined([code(target.authorization_id)], *whereabouts(_as_found(target))),
        [plain(_since(target))],
        [plain(renamed)],
    ]


def _several(targets: Sequence[Target]) -> list[Line]:
    instances = len({target.instance for target in targets}) > 1
    rows: list[Line] = [
        joined(
            [code(target.authorization_id)],
            [plain(shown(_name(target), _LONGEST_NAME))],
            [plain(target.instance)] if instances else [],
            [plain(f"active{since(target)}")],
        )
        for target in targets[:_LISTED]
    ]
    more = len(targets) - _LISTED
    return [*rows, [plain(f"and {more} more" if more > 0 else "")]]


def _as_found(target: Target) -> Target:
    found = target.active_again
    return target if found is None else replace(target, after=found.token)


def _named(targets: Sequence[Target]) -> str:
    if len(targets) == 1:
        return identified(_as_found(targets[0]))
    each = [f"{t.authorization_id} {shown(_name(t), _LONGEST_NAME)}" for t in targets[:_LISTED]]
    more = f"; and {len(targets) - _LISTED} more" if len(targets) > _LISTED else ""
    return f"{'; '.join(each)}{more}"


def _name(target: Target) -> str:
    return name_of(None if target.active_again is None else target.active_again.token)


def _since(target: Target) -> str:
    at = since(target)
    return f"Active{at}." if at else "InfluxDB does not tell since when."


def _again_line(again: ChangeRequest | None) -> Line:
    if again is None:
        return []
    follows = "." if _disabled(again) else ", which tells the outcome."
    return _by(_how(again), again, follows)


def _by(how: str, change: ChangeRequest, follows: str = ".") -> Line:
    who = person(change.requester.user_id)
    return [plain(f"{how} by "), who, plain(" as change "), code(change.id), plain(follows)]


def _how(again: ChangeRequest | None) -> str:
    return "Disabled again" if _disabled(again) else "Disable again asked for"


def _disabled(again: ChangeRequest | None) -> bool:
    """Tell whether nothing is left active by the change that disables them again."""
    return again is not None and {target.state for target in again.targets} <= _AGAIN
