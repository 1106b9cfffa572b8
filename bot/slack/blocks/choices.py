"""Where a token was found, where its id alone does not say which one is meant."""

from collections.abc import Sequence

from bot.changes.locating import Place
from bot.changes.target import Choice
from bot.slack.blocks.rich import Line, bold, joined, plain, shown
from bot.slack.blocks.wording import name_of


def found_on(instances: Sequence[str], *, silent_are_named: bool = False) -> str:
    """Say where a token was found, where that does not say which one is meant.

    Args:
        instances: Those that have it.
        silent_are_named: Whether those that do not say are told of beside, by their names.
    """
    places = " and ".join(instances)
    if len(instances) == 1 and not silent_are_named:
        return f"It was found on {places}. Another instance may have it, too, and does not say."
    return f"It was found on {places}."


def orphan_text(place: Place) -> str:
    """Say that a token was found whose owner is gone."""
    return f"{place.instance} has it, but its owner no longer exists."


def silent_text(place: Place) -> str:
    """Say that nobody knows whether an instance has a token."""
    return f"{place.instance} does not say whether it has it."


def choice_line(choice: Choice) -> Line:
    """Show what an instance has under the id."""
    token = choice.token
    return joined(
        [bold(choice.instance)],
        [plain(name_of(token))],
        [plain(token.status.value)],
        [plain(f"owner {shown(token.user)}")],
        [plain(f"organisation {shown(token.org)}")],
    )


def choice_text(choice: Choice) -> str:
    """Write the same as a sentence."""
    token = choice.token
    return (
        f"{choice.instance}: {name_of(token)}, {token.status.value}, owner {shown(token.user)}, "
        f"organisation {shown(token.org)}."
    )
