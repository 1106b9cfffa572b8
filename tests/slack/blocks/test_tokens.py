"""Lists of tokens, one token in full, and previews."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.changes.authorization import Permission, Status
from bot.changes.errors import ErrorCode, OrphanError, Problem, UpstreamError
from bot.changes.lists import Listed, ListQuery, TokenPage
from bot.changes.locating import Place, Whereabouts
from bot.changes.states import RequestState, TargetState
from bot.changes.token_queries import TokenDetails
from bot.slack.blocks.token_details import details_message
from bot.slack.blocks.token_page import page_message
from bot.slack.blocks.whereabouts import whereabouts_message
from bot.slack.blocks.wording import STANDS
from tests.slack.blocks.samples import (
    BUSY,
    NOW,
    OPERATOR,
    OWNER_GONE,
    TOKEN,
    ago,
    change,
    drawn,
    read,
    to_come,
    undo,
    waiting,
)

INACTIVE = replace(
    TOKEN, id="0f0b90b49dc03001", status=Status.INACTIVE, description="", created_at=ago(days=3)
)
BOTH = (Listed("prod", TOKEN), Listed("lab", INACTIVE))
BUSY_ERROR = UpstreamError(BUSY)
ORPHAN_ERROR = OrphanError(OWNER_GONE)


def _page(query: ListQuery | None = None, **fields: object) -> TokenPage:
    given = {
        "instances": ("prod",),
        "tokens": (Listed("prod", TOKEN), Listed("prod", INACTIVE)),
        "total": 2,
        "page": 0,
        "pages": 1,
        "at": NOW,
        **fields,
    }
    return TokenPage(query=query or ListQuery(), **given)  # type: ignore[arg-type]  # its own fields


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(_page(tokens=(), total=0), id="empty"),
        pytest.param(_page(), id="one page"),
        pytest.param(_page(tokens=(Listed("prod", TOKEN),), total=1), id="one token"),
        pytest.param(_page(total=24, page=0, pages=3, next="n"), id="first page"),
        pytest.param(_page(total=24, page=1, pages=3, previous="p", next="n"), id="middle page"),
        pytest.param(_page(total=24, page=2, pages=3, previous="p"), id="last page"),
        pytest.param(
            _page(ListQuery(("edge", "42"), "telegraf", "acme", Status.ACTIVE), tokens=(), total=0),
            id="filters",
        ),
        pytest.param(
            _page(tokens=(Listed("prod", replace(TOKEN, created_at=None)),), total=1),
            id="of unknown age",
        ),
    ],
)
def test_a_list(page: TokenPage, snapshot: SnapshotAssertion) -> None:
    """How many fit, which page this is, and for each token what tells it from others."""
    assert drawn(page_message(page)) == snapshot


def test_the_longest_list_fits() -> None:
    """Eight tokens with everything at its longest fit into one message of Slack's."""
    long = "&" * 5_000
    token = replace(TOKEN, description=long, user=long, org=long)
    query = ListQuery((long, long), long, long, Status.ACTIVE)

    message = page_message(
        _page(query, tokens=(Listed("prod", token),) * 8, total=99, pages=9, next="n")
    )

    assert block_kit.problems({"text": message.text, "blocks": message.blocks}) == []


@pytest.mark.parametrize(
    "details",
    [
        pytest.param(TokenDetails("prod", TOKEN, (), NOW), id="plain"),
        pytest.param(TokenDetails("prod", INACTIVE, (), NOW), id="no description"),
        pytest.param(
            TokenDetails("prod", replace(TOKEN, permissions=OPERATOR), (), NOW), id="operator"
        ),
        pytest.param(
            TokenDetails(
                "prod", replace(TOKEN, permissions=(Permission("write", "users"),)), (), NOW
            ),
            id="writes users",
        ),
        pytest.param(
            TokenDetails(
                "prod",
                replace(TOKEN, permissions=tuple(Permission("read", f"t{n}") for n in range(25))),
                (),
                NOW,
            ),
            id="many permissions",
        ),
        pytest.param(
            TokenDetails("prod", replace(TOKEN, permissions=()), (), NOW), id="allows nothing"
        ),
        pytest.param(
            TokenDetails("prod", replace(TOKEN, created_at=None, updated_at=None), (), NOW),
            id="of unknown age",
        ),
        pytest.param(
            TokenDetails(
                "prod", TOKEN, (undo(), *(change(state=state) for state in TargetState)), NOW
            ),
            id="every change",
        ),
    ],
)
def test_details(details: TokenDetails, snapshot: SnapshotAssertion) -> None:
    """Everything about a token but its secret, with a warning where one is due."""
    assert drawn(details_message(details)) == snapshot


def test_the_longest_details_fit() -> None:
    """With everything at its longest, nothing has to be left out."""
    long = "&" * 5_000
    permissions = tuple(Permission("read", f"{n}{long}") for n in range(200))
    token = replace(TOKEN, description=long, user=long, org=long, permissions=permissions)

    message = details_message(TokenDetails("prod", token, (change(),) * 3, NOW))

    assert block_kit.problems({"text": message.text, "blocks": message.blocks}) == []


BUSY_LAB = Problem(ErrorCode.INSTANCE_UNAVAILABLE, "lab is busy (HTTP 503).", "Ask again later.")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(_page(instances=("prod", "lab"), tokens=BOTH), id="both answer"),
        pytest.param(
            _page(instances=("prod", "lab"), silent=(BUSY_LAB,)), id="one does not answer"
        ),
        pytest.param(
            _page(instances=("prod", "lab"), silent=(BUSY_LAB,), tokens=(), total=0),
            id="one does not answer, and the other has none",
        ),
    ],
)
def test_a_list_of_several_instances(page: TokenPage, snapshot: SnapshotAssertion) -> None:
    """Each token says where it is; what is missing since an instance is silent is said."""
    assert drawn(page_message(page)) == snapshot


@pytest.mark.parametrize(
    "places",
    [
        pytest.param((Place("prod", TOKEN), Place("lab", INACTIVE)), id="on both"),
        pytest.param((Place("prod", TOKEN), Place("lab", BUSY_ERROR)), id="one is silent"),
        pytest.param((Place("prod", TOKEN), Place("lab", ORPHAN_ERROR)), id="one is an orphan"),
    ],
)
def test_where_a_token_may_be(places: tuple[Place, ...], snapshot: SnapshotAssertion) -> None:
    """What each instance says of the id, and a button for each that has it."""
    assert drawn(whereabouts_message(Whereabouts(TOKEN.id, places))) == snapshot


@pytest.mark.parametrize("state", [s for s in RequestState if s in STANDS])
def test_a_change_without_outcome(state: RequestState, snapshot: SnapshotAssertion) -> None:
    """A token's last changes tell of those that wait, and of those that were stopped."""
    recent = waiting(to_come(), state=state)

    assert read(details_message(TokenDetails("prod", TOKEN, (recent,), NOW))) == snapshot
