"""What a request would change, what is left out, and what that means: shown before it is done."""

from bot.changes.blast_radius import blast_radius
from bot.changes.request import ChangeRequest
from bot.slack.blocks.differences import difference_lines, difference_text
from bot.slack.blocks.listing import Listing, coming, left_out_text, listing_text, which
from bot.slack.blocks.rich import LONGEST_TOLD, Line, code, joined, plain, shown
from bot.slack.blocks.wording import identified, subject, verb, wanted, whereabouts


def what(change: ChangeRequest) -> str:
    """Say what a request would do, without what is left out."""
    if len(change.targets) == 1 or not change.targets:
        return f"{verb(change)} {subject(change)}"
    return f"{verb(change)} {which(change, len(coming(change)) or len(change.targets))}"


def what_text(change: ChangeRequest) -> str:
    """Say the same in a top-level text, where one token is told by all that identifies it."""
    if len(change.targets) == 1:
        return f"{verb(change)} {identified(change.targets[0])}"
    return what(change)


def shown_lines(change: ChangeRequest) -> list[Line]:
    """Show what a request would change, what is left out, and what that means."""
    return [*_targets(change), *([plain(each)] for each in _means(change))]


def shown_text(change: ChangeRequest) -> str:
    """Write the same as sentences."""
    if len(change.targets) == 1:
        target = change.targets[0]
        if target.before is None:
            said = [f"To be {wanted(target.update)}."]
        else:
            said = [difference_text(target.update, target.before)]
    else:
        said = [listing_text(coming(change)), _each(change), left_out_text(change)]
    return " ".join(part for part in (*said, *_means(change)) if part)


def _targets(change: ChangeRequest) -> list[Line]:
    if not change.targets:
        return []
    if len(change.targets) == 1:
        target = change.targets[0]
        where = joined([code(target.authorization_id)], *whereabouts(target))
        if target.before is None:
            return [where, [plain(f"to be {wanted(target.update)}")]]
        return [where, *difference_lines(target.update, target.before)]
    listing = Listing.of(change)
    return [
        *listing.to_change(coming(change)),
        [plain(_each(change))],
        *listing.left_out(change),
    ]


def _each(change: ChangeRequest) -> str:
    """Say what all tokens get, where the verb does not say it."""
    updates = set(change.updates)
    update = updates.pop() if len(updates) == 1 else None
    if update is None or update.description is None:
        return ""
    return f"Each is to be {wanted(update)}."


def _means(change: ChangeRequest) -> list[str]:
    # The names of buckets and organisations are other people's texts.
    return [shown(each, LONGEST_TOLD) for each in blast_radius(change)]
