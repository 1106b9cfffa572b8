"""Which of several instances has a token; never the first that answers."""

from typing import Any

import pytest

from bot.changes.authorization import Authorization
from bot.changes.errors import (
    AuthorizationNotFoundError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.locating import Place, Whereabouts, locate
from bot.changes.reading import Reading
from tests.changes.samples import TOKEN_ID, authorization
from tests.changes.workshop import DOWN, InMemoryAuthorizations

MISSING = AuthorizationNotFoundError(Problem(ErrorCode.AUTHORIZATION_NOT_FOUND, "Not there."))
ORPHAN = OrphanError(Problem(ErrorCode.ORPHAN, "Its owner is gone."))
SHUT = UpstreamError(Problem(ErrorCode.BAD_CREDENTIAL, "The bot's token is refused."))
FOUND = authorization()
OTHER_ID = "0d0d0d0d0d0d0001"


def whereabouts(suggestion: str = "", **readings: Reading) -> Whereabouts:
    """Say what instances answered, by their names."""
    places = tuple(Place(name, reading) for name, reading in readings.items())
    return Whereabouts(TOKEN_ID, places, suggestion)


@pytest.mark.parametrize(
    ("reading", "has_it", "silent", "token"),
    [
        (FOUND, True, False, FOUND),
        (ORPHAN, True, False, None),
        (MISSING, False, False, None),
        (DOWN, False, True, None),
        (SHUT, False, True, None),
    ],
)
def test_what_one_instance_says(
    *, reading: Reading, has_it: bool, silent: bool, token: Authorization | None
) -> None:
    """It has the token, be it without its owner; it has it not; or it did not say."""
    place = Place("default", reading)

    assert (place.has_it, place.silent, place.token) == (has_it, silent, token)


@pytest.mark.parametrize(
    ("where", "only"),
    [
        (whereabouts(default=FOUND), "default"),
        (whereabouts(default=MISSING, lab=FOUND), "lab"),
        (whereabouts(default=ORPHAN, lab=MISSING), "default"),
        (whereabouts(default=FOUND, lab=FOUND), None),
        (whereabouts(default=FOUND, lab=ORPHAN), None),
        (whereabouts(default=MISSING, lab=MISSING), None),
        (whereabouts(default=FOUND, lab=DOWN), None),
        (whereabouts(default=DOWN, lab=MISSING, edge=FOUND), None),
        (whereabouts(default=DOWN, lab=DOWN), None),
    ],
)
def test_it_is_clear_only_where_every_other_instance_says_no(
    where: Whereabouts, only: str | None
) -> None:
    """One that does not answer may have the same id."""
    assert (where.only.instance if where.only else None) == only


@pytest.mark.parametrize(
    ("where", "code", "message", "hint"),
    [
        (
            whereabouts(default=FOUND, lab=FOUND, edge=MISSING),
            ErrorCode.AMBIGUOUS,
            (
                f"{TOKEN_ID} was found on default and lab, so it is not clear which one is meant. "
                "Nothing was changed."
            ),
            "Say which one with --on default.",
        ),
        (
            whereabouts(default=MISSING, lab=FOUND, edge=DOWN),
            ErrorCode.AMBIGUOUS,
            (
                f"{TOKEN_ID} was found on lab, and It did not answer, so it is not clear which one "
                "is meant. Nothing was changed."
            ),
            "Say which one with --on lab.",
        ),
        (
            whereabouts(default=MISSING, lab=DOWN),
            ErrorCode.INSTANCE_UNAVAILABLE,
            f"{TOKEN_ID} was not found on default, and It did not answer. Nothing was changed.",
            "Ask again later, or name the instance with --on.",
        ),
        (
            whereabouts(default=DOWN, lab=SHUT),
            ErrorCode.INSTANCE_UNAVAILABLE,
            (
                f"{TOKEN_ID} could not be looked up: It did not answer. The bot's token is "
                "refused. Nothing was changed."
            ),
            "Ask again later, or name the instance with --on.",
        ),
        (
            whereabouts(default=MISSING, lab=MISSING),
            ErrorCode.AUTHORIZATION_NOT_FOUND,
            f"There is no authorization {TOKEN_ID} on default and lab. Nothing was changed.",
            "Find the id with list and a word of the description.",
        ),
        (
            whereabouts("Did you mean another?", default=MISSING, lab=MISSING),
            ErrorCode.AUTHORIZATION_NOT_FOUND,
            f"There is no authorization {TOKEN_ID} on default and lab. Nothing was changed.",
            "Did you mean another?",
        ),
    ],
    ids=["two", "one and a silent one", "none and a silent one", "all silent", "none", "suggested"],
)
def test_why_nothing_can_be_done_is_said(
    where: Whereabouts, code: ErrorCode, message: str, hint: str
) -> None:
    """Where it was found, where not, and who did not say; and what to do."""
    problem = where.problem

    assert (problem.code, problem.message, problem.hint) == (code, message, hint)


def instances(**known: Any) -> dict[str, InMemoryAuthorizations]:
    """Make instances with their tokens."""
    return {name: InMemoryAuthorizations(tokens, name) for name, tokens in known.items()}


async def test_every_instance_is_asked() -> None:
    """And each answer kept, whatever the others said."""
    asked = instances(default=[FOUND], lab=[], edge=[])
    asked["edge"].silent = DOWN

    found = (await locate(asked, [TOKEN_ID]))[TOKEN_ID]

    assert [(p.instance, p.has_it, p.silent) for p in found.places] == [
        ("default", True, False),
        ("lab", False, False),
        ("edge", False, True),
    ]
    assert found.only is None


async def test_several_are_located_by_one_list_each() -> None:
    """What an instance's list leaves out is asked for by itself."""
    other = authorization(id=OTHER_ID)
    asked = instances(default=[FOUND], lab=[other])

    found = await locate(asked, [TOKEN_ID, OTHER_ID])

    assert {key: place.only and place.only.instance for key, place in found.items()} == {
        TOKEN_ID: "default",
        OTHER_ID: "lab",
    }
    assert [len(each.lists) for each in asked.values()] == [1, 1]


@pytest.mark.parametrize("asked_for", [["0e840d0499003003"], ["0e840d0499003003", OTHER_ID]])
async def test_where_none_has_it_the_like_are_suggested(asked_for: list[str]) -> None:
    """From what every instance shows, be it one that is asked for or several."""
    known = authorization(id="0e840d0499003004", description="grafana")

    found = await locate(instances(default=[known], lab=[FOUND]), asked_for)

    assert found["0e840d0499003003"].problem.hint == "Did you mean 0e840d0499003004 (grafana)?"


async def test_where_one_has_it_nothing_is_listed_for_suggestions() -> None:
    """Nor where one is silent, which is what is said then."""
    asked = instances(default=[FOUND], lab=[])
    silent = instances(default=[], lab=[])
    silent["lab"].silent = DOWN

    await locate(asked, [TOKEN_ID])
    await locate(silent, [TOKEN_ID])

    assert [each.lists for each in (*asked.values(), *silent.values())] == [[], [], [], []]
