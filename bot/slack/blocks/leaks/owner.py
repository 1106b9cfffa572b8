"""What the owner of a leaked token is told, once, by direct message."""

from collections.abc import Sequence

from bot.changes.leak_report import LeakReport, Proof
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.slack.blocks.leaks.words import context, what_remains
from bot.slack.blocks.people import change_text, provenance
from bot.slack.blocks.rich import Line, Message, bold, code, joined, paragraph, plain
from bot.slack.blocks.wording import identified, name_of, tokens, whereabouts


def owner_message(change: ChangeRequest, report: LeakReport, theirs: Sequence[Target]) -> Message:
    """Tell somebody that tokens for which they answer have leaked and were disabled.

    Args:
        change: The report's request.
        report: What is recorded of the secret.
        theirs: Their tokens, all disabled by it.
    """
    one = len(theirs) == 1
    which = "A token of yours" if one else f"{tokens(len(theirs))} of yours"
    title = f"{which} {'has' if one else 'have'} leaked and {'was' if one else 'were'} disabled"
    proven = (
        "InfluxDB refuses it by now."
        if report.proof is Proof.DEAD
        else "It is not proven that InfluxDB refuses it; ask whoever reported it."
    )
    said = [proven, *context(change), *what_remains(change)]
    lines: list[Line] = [
        [bold(title)],
        *(
            joined([code(t.authorization_id)], [plain(name_of(t.seen))], *whereabouts(t))
            for t in theirs
        ),
        *([plain(each)] for each in said),
        provenance(change),
    ]
    text = change_text(change, f"{title}: {'; '.join(map(identified, theirs))}.", *said)
    return Message(text, (paragraph(*lines),))
