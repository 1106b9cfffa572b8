"""What was found in a message that somebody has checked: tokens, and ids of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.block_kit import total_text
from bot.changes.authorization import Authorization
from bot.changes.identifying import Identification, Match, Statement
from bot.changes.locating import Whereabouts
from bot.changes.message_check import CheckedMessage
from bot.changes.probe import Probe, ProbeVerdict
from bot.changes.spotting import MOST
from bot.changes.target import Choice
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.choices import choice_text, orphan_text, silent_text
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
from bot.slack.blocks.wording import name_of

_TITLE = "Checked this message"
_LIVE = "A live API token"
_REFUSED = "An API token that InfluxDB does not accept"
# Each takes two blocks, of 50 that Slack takes, and their texts 11,000 characters.
_MOST_FINDINGS = 20
_ROOM = 9_000
_WHY = {
    ProbeVerdict.NOT_PROVEN: "Whether InfluxDB accepts it is not proven",
    ProbeVerdict.OWNER_INACTIVE: "Its owner is inactive or deleted, so InfluxDB refuses it",
    ProbeVerdict.INACTIVE: "InfluxDB refuses it",
    ProbeVerdict.UNKNOWN_TOKEN: "InfluxDB refuses it",
}
_DELETE_IT = (
    "Have the message deleted, by its author or a Slack admin. Whoever has seen it has the token, "
    "so deleting alone is not enough."
)
_NOTHING = (
    "Nothing in it looks like an API token that InfluxDB makes up, or like the id of one (16 "
    "hexadecimal digits). A token that was chosen by hand looks like any word."
)


@dataclass(frozen=True)
class _Finding:
    """One thing that was found: what is said of it, and what can be done."""

    title: str
    lines: tuple[Line, ...]
    text: str
    offered: tuple[ButtonElement, ...] = ()
    live: bool = False


def checked_message(checked: CheckedMessage) -> Message:
    """Show what was found; the message's own words are not repeated."""
    findings = [each for secret in checked.secrets for each in _of_secret(secret, checked)]
    findings += [each for where in checked.ids for each in _of_id(where, checked)]
    findings.sort(key=lambda each: not each.live)
    blocks: list[dict[str, Any]] = [paragraph([bold(_TITLE)])]
    room, fitting = _ROOM, 0
    for finding in findings[:_MOST_FINDINGS]:
        said = paragraph([bold(finding.title)], *finding.lines)
        room -= total_text(said)
        if room < 0:
            break
        fitting += 1
        blocks.append(said)
        if finding.offered:
            blocks.append(buttons.row(*finding.offered))
    left_out, findings = len(findings) - fitting, findings[:fitting]
    notes = _notes(checked, findings, left_out)
    if notes:
        blocks.append(paragraph(*([plain(each)] for each in notes)))
    told = [f"{each.title}. {each.text}" for each in findings]
    return Message(escaped("\n".join((f"{_TITLE}.", *told, *notes))), tuple(blocks))


def _of_secret(found: Identification, checked: CheckedMessage) -> list[_Finding]:
    if not found.found:
        return [_unknown(found, checked.command)]
    probes = {each.instance: each.probe for each in found.evidence}
    named = [_matched(each, probes[each.instance], checked) for each in found.matches]
    return [
        *named,
        *_owned(found, checked),
        *(_already(each, "and it is disabled already") for each in found.already_inactive),
        *(
            _already(each, "and its owner is inactive or deleted, so InfluxDB refuses it")
            for each in found.owner_inactive
        ),
    ]


def _matched(match: Match, probe: Probe, checked: CheckedMessage) -> _Finding:
    token, instance = match.authorization, match.instance
    live = token.active and not probe.dead
    proven = probe.verdict is ProbeVerdict.LIVE
    title = (_LIVE if proven else "An active API token") if live else _REFUSED
    words = f"{name_of(token)} ({token.id}), {token.status}, {_whose(token)}, on {instance}."
    why = "" if proven or not token.active else f"{_WHY[probe.verdict]}: {shown(probe.detail)}"
    return _Finding(
        title,
        ([bold(name_of(token))], _identified(token, instance), [plain(why)]),
        f"{words} {why}".strip(),
        _offered(token, instance, checked, now=live),
        live=live,
    )


def _owned(found: Identification, checked: CheckedMessage) -> list[_Finding]:
    return [
        _said(
            _LIVE,
            f"It belongs to {shown(checked.names.get(owner, f'the user {owner.user_id}'))} on "
            f"{owner.instance}, which does not tell which of their tokens it is. Report it with "
            f"{checked.command} leak, which finds out and disables it.",
            live=True,
        )
        for owner in found.owners
    ]


def _already(evidence: Statement, what: str) -> _Finding:
    return _said(
        _REFUSED,
        f"{evidence.instance} knows it, {what}. This server does not say which one it is.",
    )


def _unknown(found: Identification, command: str) -> _Finding:
    whole = f"If it is a part of one, report the whole with {command} leak."
    silent = [
        f"{each.instance} does not say whether it knows it: {shown(each.probe.detail)}"
        for each in found.not_proven
    ]
    if silent:
        return _said("Looks like an API token, and may be one", _sentences(*_known(found), *silent))
    return _said("Looks like an API token, and is none", _sentences(*_known(found), whole))


def _known(found: Identification) -> list[str]:
    unknown = [each.instance for each in found.unknown]
    if not unknown:
        return []
    return [f"{' and '.join(unknown)} {'does' if len(unknown) == 1 else 'do'} not know it."]


def _of_id(where: Whereabouts, checked: CheckedMessage) -> list[_Finding]:
    title = f"The id {where.authorization_id}"
    found = [
        _Finding(
            title,
            (_line(place.token, place.instance),),
            choice_text(Choice(place.instance, place.token)),
            _offered(place.token, place.instance, checked),
        )
        for place in where.having
        if place.token is not None
    ]
    orphans = [_said(title, orphan_text(place)) for place in where.having if place.token is None]
    silent = [silent_text(place) for place in where.silent]
    if not found and not orphans:
        names = " and ".join(p.instance for p in where.places if not p.silent)
        absent = [f"No API token on {names} has it."] if names else []
        return [_said(title, _sentences(*absent, *silent))]
    return [*found, *orphans, *([_said(title, _sentences(*silent))] if silent else [])]


def _notes(checked: CheckedMessage, findings: Sequence[_Finding], left_out: int) -> list[str]:
    disablable = any(each.offered for each in findings)
    return [
        each
        for each in (
            "" if findings else f"{_NOTHING} Report one with {checked.command} leak.",
            _DELETE_IT if any(each.live for each in findings) else "",
            "You may look at tokens, but not disable them: ask an operator."
            if disablable and not checked.may_disable
            else "",
            _more(checked.more_secrets, "looks like a token", "look like tokens"),
            _more(checked.more_ids, "looks like an id", "look like ids"),
            "The message is too long to be read to its end." if checked.cut else "",
            f"{left_out} more do not fit in here. Check the message again once these are disabled."
            if left_out
            else "",
        )
        if each
    ]


def _offered(
    token: Authorization, instance: str, checked: CheckedMessage, *, now: bool = False
) -> tuple[ButtonElement, ...]:
    """Give the buttons for a token; its Disable is the same as that of a list's row."""
    show = token_buttons.details(instance, token.id, "Show")
    if not (token.active and checked.may_disable):
        return (show,)
    return (show, token_buttons.disable(instance, token, "Disable now" if now else "Disable"))


def _line(token: Authorization, instance: str) -> Line:
    return joined([bold(name_of(token))], _identified(token, instance))


def _identified(token: Authorization, instance: str) -> Line:
    return joined(
        [code(token.id)], [plain(token.status.value)], [plain(_whose(token))], [plain(instance)]
    )


def _whose(token: Authorization) -> str:
    return f"owner {shown(token.user)}, organisation {shown(token.org)}"


def _said(title: str, words: str, *, live: bool = False) -> _Finding:
    return _Finding(title, ([plain(shown(words, LONGEST_TOLD))],), words, live=live)


def _sentences(*sentences: str) -> str:
    return " ".join(sentences)


def _more(count: int, one: str, several: str) -> str:
    if not count:
        return ""
    looks = f"{count} more {one if count == 1 else several}"
    return f"{looks}; only the first {MOST} were looked up."
