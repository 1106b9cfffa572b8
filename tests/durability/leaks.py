"""What must hold of a leaked secret: it is tried after every disable, or nobody says it is dead."""

from collections.abc import Iterator

from bot.changes.audit import EventTag
from bot.changes.errors import ErrorCode
from bot.changes.leak_report import Attempt, Proof
from bot.changes.probe import ProbeVerdict
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.sandbox.slack import SlackStandIn
from tests.durability.records import Record

_TITLES = {
    Proof.DEAD: "Leaked token disabled and proven dead",
    Proof.NOT_PROVEN: "not proven dead",
    Proof.ALIVE: "Leaked token still usable",
    Proof.NOT_FOUND: "Leaked token not found",
}


def title_of(request: ChangeRequest) -> str:
    """Give what the message of a report must say by its record."""
    if request.leak is None:
        return ""
    if request.closing is not None and request.closing.code is ErrorCode.LEAK_SECRET_GONE:
        return "ended before it could look for it"
    return _TITLES.get(request.leak.proof, "Leaked token")


def unproven(request: ChangeRequest, record: Record, slack: SlackStandIn) -> Iterator[str]:
    """Say what does not hold of a report and its proof."""
    report = request.leak
    if report is None or not request.state.final or request.state.closed:
        return
    if report.concluded_at is None:
        yield "it has ended without a conclusion"
    tags = [link.event.tag for link in record.events if link.event.change_id == request.id]
    expected = 0 if request.closing is not None else 1
    if tags.count(EventTag.LEAK_CONCLUDED) != expected:
        yield f"{tags.count(EventTag.LEAK_CONCLUDED)} conclusions are recorded, not {expected}"
    for target in request.targets:
        attempt = report.attempt(*target.key)
        if target.state is not TargetState.DONE:
            continue
        if attempt is None:
            yield f"{target.authorization_id} was disabled, and the secret not tried after it"
        elif (
            attempt.after.verdict is ProbeVerdict.LIVE
            and not report.named(target.instance)
            and attempt.left is None
        ):
            yield f"{target.authorization_id} is not it, and stays disabled without a word"
    dead = [m for m in slack.workspace.all_messages() if _says_dead(m.plain, request.id)]
    if dead and report.proof is not Proof.DEAD:
        yield f"a message says that it is proven dead, and it is {report.proof.value}"


def _is_wrong(attempt: Attempt) -> bool:
    return attempt.after.verdict is ProbeVerdict.LIVE


def _says_dead(text: str, change_id: str) -> bool:
    return change_id in text and "and proven dead" in text
