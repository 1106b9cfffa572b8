"""What one event of the record says, as a sentence without its subject."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.changes.audit import AuditEvent, EventTag
from bot.changes.duration import in_words
from bot.changes.moments import moment
from bot.slack.blocks import leak_sentences, refusal_sentences
from bot.slack.blocks.rich import shown
from bot.slack.blocks.wishes import infinitive
from bot.slack.blocks.wording import told

# What stands before a token's id, and what stands after it.
Sentence = Callable[[AuditEvent], tuple[str, str]]

# Fifteen lines with all their facts stay below what Slack takes in one message.
_LONGEST_MESSAGE = 250
_ORDERED = 5
_LONGEST_VALUE = 60
_DID = MappingProxyType(
    {"disable": "disabled", "enable": "enabled", "describe": "changed the description of"}
)
# What a kind changes goes without saying.
_IMPLIED = MappingProxyType({"disable": "status", "enable": "status", "describe": "description"})

# What nobody did: a whole sentence, which does not begin with a person.
IMPERSONAL = frozenset(
    {
        EventTag.CHANGE_INTERRUPTED,
        EventTag.LEAK_IDENTIFIED,
        EventTag.LEAK_PROBED,
        EventTag.LEAK_LEFT_DISABLED,
        EventTag.LEAK_CONCLUDED,
    }
)


def sentence(event: AuditEvent) -> tuple[str, str]:
    """Say what its person did: what stands before the token's id, and what stands after it."""
    return _SENTENCES[event.tag](event)


def _accepted(event: AuditEvent) -> tuple[str, str]:
    wanted, asked = event.detail.get("description"), event.detail.get("asked")
    if asked == "leak":
        return leak_sentences.reported(event)
    if event.detail.get("automatic"):
        return f"had asked to {infinitive(event)}", " when the time of its disable is over"
    after = _lasts(event) + _again(event)
    if event.detail.get("break_glass"):
        after += " by break-glass, without the approval that it needs"
    if isinstance(wanted, str) and asked != "undo":
        link = " to" if asked == "describe" else " and describe it as"
        after = f"{link} {_value('description', wanted)}{after}"
    return f"asked to {infinitive(event)}", after


def _lasts(event: AuditEvent) -> str:
    lasts = event.detail.get("lasts")
    return f" for {in_words(timedelta(seconds=lasts))}" if isinstance(lasts, int | float) else ""


def _again(event: AuditEvent) -> str:
    retried, repeated = event.detail.get("retry_of"), event.detail.get("again_of")
    if isinstance(retried, str):
        return f", once more after change {retried}"
    return f", again after change {repeated}" if isinstance(repeated, str) else ""


def _interrupted(event: AuditEvent) -> tuple[str, str]:
    about = " of" if event.authorization_id is not None else ""
    return f"The change{about}", " was interrupted; the bot took it up again"


def _done(event: AuditEvent) -> tuple[str, str]:
    before, after = event.detail.get("before"), event.detail.get("after")
    implied = _IMPLIED.get(str(event.detail.get("asked")))
    changed: list[str] = []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        changed += [
            f"{'' if field == implied else f'{field} '}"
            f"{_value(field, before[field])} → {_value(field, after[field])}"
            for field in ("status", "description")
            if before.get(field) != after.get(field)
        ]
    return _did(event), f": {', '.join(changed)}" if changed else ""


def _drift(event: AuditEvent) -> tuple[str, str]:
    """Say that somebody else has enabled what was disabled here, and what else they changed."""
    before, after = event.detail.get("before"), event.detail.get("after")
    since = event.detail.get("since")
    at = f" since {_time(since)} at the latest" if isinstance(since, str) else ""
    said = ""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        old, new = (_value("description", each.get("description", "")) for each in (before, after))
        said = "" if old == new else f", description {old} → {new}"
    return "found", f" active again{at}, and not by this bot{said}"


def _unchanged(event: AuditEvent) -> tuple[str, str]:
    status, wanted = event.detail.get("status"), event.detail.get("description")
    found = [status] if isinstance(status, str) else []
    if isinstance(wanted, str):
        found.append(f"described as {_value('description', wanted)}")
    return "found", f" already {' and '.join(found)}"


def _trimmed(event: AuditEvent) -> tuple[str, str]:
    return "exported and removed the events of the record", f" up to {event.detail.get('until')}"


def _with_message(before: Callable[[AuditEvent], str]) -> Sentence:
    def sentence(event: AuditEvent) -> tuple[str, str]:
        message = event.detail.get("message")
        after = f". {shown(message, _LONGEST_MESSAGE)}" if isinstance(message, str) else ""
        return before(event), after

    return sentence


def _did(event: AuditEvent) -> str:
    asked = str(event.detail.get("asked", ""))
    return _DID.get(asked) or f"undid change {event.detail.get('undo_of', '')} of"


def _moved(verb: str) -> Sentence:
    """Say that a person moved a request on."""

    def sentence(event: AuditEvent) -> tuple[str, str]:
        about = " of" if event.authorization_id is not None else ""
        return f"{verb} a change{about}", _counted(event)

    return sentence


def _reviewed(event: AuditEvent) -> tuple[str, str]:
    about = " of" if event.authorization_id is not None else ""
    return f"reviewed a break-glass{about}", ""


def _counted(event: AuditEvent) -> str:
    votes, quorum = event.detail.get("votes"), event.detail.get("quorum")
    return f": {votes} of {quorum} votes" if isinstance(votes, int) else ""


def _lapsed(event: AuditEvent) -> tuple[str, str]:
    about = " of" if event.authorization_id is not None else ""
    return f"saw the approval of a change{about}", " lapse: somebody who voted may not approve now"


def _shown(event: AuditEvent) -> tuple[str, str]:
    if event.detail.get("asked") == "leak":
        return "was asked which token is the leaked one", ""
    return f"was asked whether to {infinitive(event)}", ""


def _confirmed(event: AuditEvent) -> tuple[str, str]:
    before, after = _moved("confirmed")(event)
    order = event.detail.get("order")
    named = ""
    if isinstance(order, str):
        words = [_placed(word) for word in order.split()[:_ORDERED]]
        named = f": to be tried in the order {', '.join(words)}"
    return before, f"{after}{named}"


def _placed(word: str) -> str:
    """Name a token of an order, whose instance stands before its id if there are several."""
    instance, _, authorization_id = word.rpartition(":")
    return f"{authorization_id} on {instance}" if instance else authorization_id


def _time(written: str) -> str:
    return moment(datetime.fromisoformat(written))


def _value(field: str, value: object) -> str:
    return told(field, shown(str(value), _LONGEST_VALUE))


_SENTENCES: Mapping[EventTag, Sentence] = MappingProxyType(
    {
        EventTag.REQUEST_ACCEPTED: _accepted,
        EventTag.REQUEST_DENIED: refusal_sentences.denied,
        EventTag.REQUEST_REFUSED: refusal_sentences.refused,
        EventTag.CHANGE_INTENDED: lambda event: (f"is about to {infinitive(event)}", ""),
        EventTag.CHANGE_INTERRUPTED: _interrupted,
        EventTag.CHANGE_DONE: _done,
        EventTag.CHANGE_UNCHANGED: _unchanged,
        EventTag.CHANGE_APPLIED: _with_message(_did),
        EventTag.CHANGE_REFUSED: _with_message(lambda event: f"could not {infinitive(event)}"),
        EventTag.CHANGE_FAILED: _with_message(lambda event: f"failed to {infinitive(event)}"),
        EventTag.CHANGE_UNKNOWN: _with_message(lambda event: f"tried to {infinitive(event)}"),
        EventTag.CHANGE_LOST: _with_message(lambda event: f"tried to {infinitive(event)}"),
        EventTag.CHANGE_CANCELLED: lambda event: (
            f"did not {infinitive(event)}",
            ": cancelled before",
        ),
        EventTag.REFUSALS_COUNTED: refusal_sentences.counted,
        EventTag.REQUEST_SHOWN: _shown,
        EventTag.REQUEST_CONFIRMED: _confirmed,
        EventTag.REQUEST_CANCELLED: _moved("cancelled"),
        EventTag.REQUEST_EXPIRED: lambda event: (f"waited too long to {infinitive(event)}", ""),
        EventTag.REQUEST_VOIDED: _with_message(lambda event: f"could not {infinitive(event)}"),
        EventTag.APPROVAL_ASKED: lambda event: (f"needs an approval to {infinitive(event)}", ""),
        EventTag.APPROVAL_VOTED: _moved("agreed to"),
        EventTag.APPROVAL_GRANTED: _moved("approved"),
        EventTag.APPROVAL_LAPSED: _lapsed,
        EventTag.APPROVAL_DENIED: _moved("denied"),
        EventTag.BREAK_GLASS_REVIEWED: _reviewed,
        EventTag.TIMER_STOPPED: _moved("stopped the timer of"),
        EventTag.DRIFT_FOUND: _drift,
        EventTag.DRIFT_GONE: lambda _: ("found", " deleted, and watches it no more"),
        EventTag.CHANGE_RETURN_INTENDED: lambda _: ("is about to put back", ""),
        EventTag.CHANGE_RETURNED: leak_sentences.returned,
        EventTag.LEAK_IDENTIFIED: leak_sentences.identified,
        EventTag.LEAK_PROBED: leak_sentences.probed,
        EventTag.LEAK_LEFT_DISABLED: leak_sentences.left_disabled,
        EventTag.LEAK_CONCLUDED: leak_sentences.concluded,
        EventTag.CHANGES_FROZEN: lambda _: ("stopped all changes", ""),
        EventTag.CHANGES_UNFROZEN: lambda _: ("let changes go on", ""),
        EventTag.RECORD_TRIMMED: _trimmed,
    }
)
