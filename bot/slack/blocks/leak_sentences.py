"""What the record's events about a leaked secret say, as sentences."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.changes.audit import AuditEvent
from bot.changes.leak_report import Proof
from bot.changes.moments import clock_time
from bot.changes.probe import ProbeVerdict, Search
from bot.slack.blocks.leaks.words import VERDICTS
from bot.slack.blocks.rich import quoted, shown
from bot.slack.blocks.wording import tokens

_LONGEST = 250
_PROOFS = {
    Proof.DEAD: "proven dead",
    Proof.ALREADY_DEAD: "dead before anything was done",
    Proof.NOT_PROVEN: "not proven dead",
    Proof.ALIVE: "still usable",
    Proof.NOT_FOUND: "not found",
}


def reported(event: AuditEvent) -> tuple[str, str]:
    """Somebody reported a leaked secret."""
    place = event.detail.get("found_in")
    return "reported a leaked token", f", found in {quoted(place)}" if isinstance(
        place, str
    ) else ""


def identified(event: AuditEvent) -> tuple[str, str]:
    """The instances were looked at for it."""
    looked, ids = event.detail.get("looked"), event.detail.get("ids")
    each = [one for one in _items(looked) if isinstance(one, Mapping)]
    count = len(_items(ids))
    found = "; no token to disable"
    if count:
        named = sum(one["matched"] for one in each if isinstance(one.get("matched"), int))
        verb = ("is" if count == 1 else "are") if named == count else "may be"
        found = f"; {tokens(count)} {verb} it"
    said = "; ".join(map(_looked, each))
    return "The leaked token was looked for", f": {said}{found if each else ''}"


def probed(event: AuditEvent) -> tuple[str, str]:
    """It was tried after a token was disabled."""
    where = event.instance or "InfluxDB"
    said = _said(event.detail.get("after"))
    return "The secret was tried after the disable of", f": {where} {said}"


def left_disabled(event: AuditEvent) -> tuple[str, str]:
    """A token that is not it stays disabled."""
    message = event.detail.get("message")
    why = f". {shown(message, _LONGEST)}" if isinstance(message, str) else ""
    return "Not the leaked token, and left disabled:", why


def returned(event: AuditEvent) -> tuple[str, str]:
    """A token that is not it was put back."""
    del event
    return "put back", ", which is not the leaked token"


def concluded(event: AuditEvent) -> tuple[str, str]:
    """Nothing more is done about it."""
    named = str(event.detail.get("proof"))
    proof = _PROOFS[Proof(named)] if named in set(Proof) else "over"
    seconds = event.detail.get("seconds")
    after = f", {seconds:.1f} s after the report" if isinstance(seconds, int | float) else ""
    return f"The leaked token is {proof}", after


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _looked(one: Mapping[str, object]) -> str:
    said = _said(one.get("before"))
    how = " and names it" if one.get("matched") else ""
    if one.get("search") == Search.FAILED:
        how = ", and its tokens could not be looked at"
    return f"{one.get('instance')} {said}{how}"


def _said(probe: object) -> str:
    if not isinstance(probe, Mapping):
        return VERDICTS[ProbeVerdict.NOT_PROVEN]
    said = probe.get("verdict")
    verdict = ProbeVerdict(said) if said in set(ProbeVerdict) else ProbeVerdict.NOT_PROVEN
    at = probe.get("at")
    when = f" at {clock_time(datetime.fromisoformat(at))}" if isinstance(at, str) else ""
    return f"{VERDICTS[verdict]}{when}"
