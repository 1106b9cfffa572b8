"""Which tokens somebody looks at, in which order, and what waits for them in Home."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from bot.changes.approval import Approval, Vote
from bot.changes.authorization import Status
from bot.changes.break_glass import BreakGlass
from bot.changes.home import waits_for
from bot.changes.home_query import HomeQuery, Sort
from bot.changes.home_tokens import Everything, arranged
from bot.changes.lists import Listed, ListQuery
from bot.changes.paging import Paged, paged
from bot.changes.people import Person
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from tests.changes.samples import ALICE, BOB, NOON, authorization, change, done

DAY = timedelta(days=1)
CAROL = Person("U0CAROL", "T0HOME")
TOKEN = authorization(description="Telegraf Edge")
QUERY = HomeQuery("two  words", Status.INACTIVE, "u1", "o1", "prod", Sort.NEWEST, 3)


@pytest.mark.parametrize(
    ("words", "status", "fits"),
    [
        ((), None, True),
        (("EDGE", "telegraf"), None, True),
        (("edge", "lab"), None, False),
        # Each word in whatever people see of the token, and in one place.
        ((TOKEN.id,), None, True),
        (("alice", "acme"), None, True),
        (("edge0d",), None, False),
        (("alice\nac",), None, True),
        ((), Status.ACTIVE, True),
        (("edge",), Status.INACTIVE, False),
    ],
)
def test_every_word_has_to_occur(
    words: tuple[str, ...], status: Status | None, *, fits: bool
) -> None:
    """In the description, the id, the owner or the organisation; and the status has to fit."""
    assert ListQuery(words, status=status).fits(TOKEN) is fits


@pytest.mark.parametrize(
    "query",
    [ListQuery(), ListQuery(("edge", "42"), "alice", "acme", Status.ACTIVE, 3, "prod")],
)
def test_a_list_is_kept_behind_its_buttons(query: ListQuery) -> None:
    """What is read again is what was kept."""
    assert ListQuery.load(query.dump()) == query


def test_a_kept_list_is_read_as_it_was_written() -> None:
    """Buttons outlive the version of the bot that has drawn them."""
    written = (
        '{"words": ["edge"], "user": "alice", "org": null, "status": "inactive", "page": 2, '
        '"instance": "prod"}'
    )

    assert ListQuery.load(written) == ListQuery(
        ("edge",), "alice", None, Status.INACTIVE, 2, "prod"
    )


@pytest.mark.parametrize("query", [HomeQuery(), QUERY, replace(QUERY, status=None)])
def test_what_home_shows_is_kept(query: HomeQuery) -> None:
    """What is read again is what was kept."""
    assert HomeQuery.load(query.dump()) == query


@pytest.mark.parametrize("name", [*asdict(QUERY)])
def test_what_another_version_has_kept_says_nothing(name: str) -> None:
    """Whatever is missing or of another shape: everything is shown, from the first page on."""
    kept = json.loads(QUERY.dump())

    assert HomeQuery.load(json.dumps({k: v for k, v in kept.items() if k != name})) == HomeQuery()
    odd = ("status", "sort", "page")
    read = HomeQuery.load(json.dumps(kept | {name: "odd"}))
    assert (read == HomeQuery()) is (name in odd)
    assert HomeQuery.load("[]") == HomeQuery.load("no JSON") == HomeQuery()


def test_another_filter_begins_at_the_first_page() -> None:
    """And turning the page changes nothing else."""
    assert QUERY.with_filter(org_id="o2") == replace(QUERY, org_id="o2", page=0)
    assert QUERY.turned(5) == replace(QUERY, page=5)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (HomeQuery(), True),
        (HomeQuery(words=" edge  TELEGRAF "), True),
        (HomeQuery(words="lab"), False),
        (HomeQuery(status=Status.INACTIVE), False),
        (HomeQuery(user_id=TOKEN.user_id, org_id=TOKEN.org_id, instance="prod"), True),
        (HomeQuery(user_id=TOKEN.org_id), False),
        (HomeQuery(org_id=TOKEN.user_id), False),
        (HomeQuery(instance="lab"), False),
    ],
)
def test_what_is_looked_for_in_home(query: HomeQuery, *, fits: bool) -> None:
    """By words, status, owner, organisation and instance, all of which have to fit."""
    assert query.fits(Listed("prod", TOKEN)) is fits
    assert arranged(Everything(("prod",), (Listed("prod", TOKEN),)), query).total == fits


def listed(name: str, *, status: Status = Status.ACTIVE) -> Listed:
    """Make a token whose id is its description."""
    return Listed("prod", authorization(id=name, description=name, status=status))


NAMES = (
    listed("b"),
    listed("C", status=Status.INACTIVE),
    listed("a"),
    listed(" "),
)
MOVED = (
    Listed("prod", authorization(id="new", created_at=NOON + DAY, updated_at=NOON + 2 * DAY)),
    Listed("prod", authorization(id="old", created_at=NOON, updated_at=NOON + 3 * DAY)),
    Listed("prod", authorization(id="still", created_at=NOON + 2 * DAY, updated_at=None)),
    Listed("prod", authorization(id="unknown", created_at=None, updated_at=None)),
)


@pytest.mark.parametrize(
    ("tokens", "sort", "order"),
    [
        (NAMES, Sort.DESCRIPTION, ["a", "b", "C", " "]),
        (NAMES, Sort.DESCRIPTION_DOWN, [" ", "C", "b", "a"]),
        (NAMES, Sort.ACTIVE_FIRST, ["a", "b", " ", "C"]),
        (NAMES, Sort.INACTIVE_FIRST, ["C", "a", "b", " "]),
        (MOVED, Sort.NEWEST, ["still", "new", "old", "unknown"]),
        (MOVED, Sort.OLDEST, ["unknown", "old", "new", "still"]),
        (MOVED, Sort.CHANGED_LAST, ["old", "new", "still", "unknown"]),
        (MOVED, Sort.CHANGED_FIRST, ["unknown", "new", "still", "old"]),
    ],
)
def test_the_order_that_somebody_likes(
    tokens: tuple[Listed, ...], sort: Sort, order: list[str]
) -> None:
    """Among equals by their descriptions; what has none, or no date, stands at one end."""
    page = arranged(Everything(("prod",), tokens), HomeQuery(sort=sort))

    assert [each.token.id for each in page.tokens] == order


def test_filters_name_everybody_whose_tokens_there_are() -> None:
    """By their names, whatever is looked for; namesakes by their ids."""
    owners = (("2", "bob"), ("1", "Alice"), ("4", "carol"), ("3", "carol"), ("2", "bob"))
    tokens = tuple(
        Listed("prod", authorization(user_id=user_id, user=user, org_id=user_id, org=user))
        for user_id, user in owners
    )

    page = arranged(Everything(("prod",), tokens), HomeQuery(words="nothing"))

    named = [("1", "Alice"), ("2", "bob"), ("3", "carol"), ("4", "carol")]
    assert page.tokens == ()
    assert [*page.owners.items()] == [*page.organisations.items()] == named


@pytest.mark.parametrize(
    ("length", "wanted", "page"),
    [
        (0, 0, Paged((), 0, 1)),
        (0, 3, Paged((), 0, 1)),
        (2, 0, Paged((0, 1), 0, 1)),
        (3, 0, Paged((0, 1), 0, 2)),
        (3, 1, Paged((2,), 1, 2)),
        (4, 1, Paged((2, 3), 1, 2)),
        (3, 9, Paged((2,), 1, 2)),
        (3, -1, Paged((0, 1), 0, 2)),
    ],
)
def test_a_page_is_the_nearest_there_is(length: int, wanted: int, page: Paged[int]) -> None:
    """Where a list has become shorter, its last page is shown."""
    assert paged(range(length), wanted, 2) == page


ASKED = change(
    state=RequestState.AWAITING_APPROVAL,
    approval=Approval("rule", ("U0BOB", "U0CAROL"), 2, (Vote(BOB, NOON),)),
)
GLASS = BreakGlass("rule", ("U0BOB", "U0CAROL"))


@pytest.mark.parametrize(
    ("request_", "hers", "of_one_who_voted", "of_an_approver", "of_another"),
    [
        pytest.param(change(state=RequestState.PREVIEWED), 1, 0, 0, 0, id="a preview"),
        pytest.param(ASKED, 1, 0, 1, 0, id="an approval"),
        pytest.param(replace(ASKED, approval=None), 1, 1, 1, 0, id="an approval without votes"),
        pytest.param(done(break_glass=GLASS), 1, 1, 1, 0, id="a break-glass"),
        pytest.param(done(break_glass=replace(GLASS, reviewed_at=NOON)), 0, 0, 0, 0, id="a review"),
        pytest.param(done(), 0, 0, 0, 0, id="what is over"),
        pytest.param(change(state=RequestState.EXECUTING), 0, 0, 0, 0, id="what is under way"),
    ],
)
def test_what_waits_for_whom(
    request_: ChangeRequest, hers: int, of_one_who_voted: int, of_an_approver: int, of_another: int
) -> None:
    """A preview for its requester; an approval, and a review, for her and every approver."""
    assert [
        waits_for(request_, ALICE, approver=False),
        waits_for(request_, BOB, approver=True),
        waits_for(request_, CAROL, approver=True),
        waits_for(request_, CAROL, approver=False),
    ] == [bool(each) for each in (hers, of_one_who_voted, of_an_approver, of_another)]
