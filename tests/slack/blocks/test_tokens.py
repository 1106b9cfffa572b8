"""Lists of tokens, one token in full, and previews."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.changes.authorization import Permission, Status
from bot.changes.judgement import NothingToDo, Proceed, Refuse, Verdict
from bot.changes.queries import ListQuery, Preview, TokenDetails, TokenPage
from bot.changes.states import TargetState
from bot.changes.update import AuthorizationUpdate
from bot.slack.blocks.tokens import details_message, page_message, preview_message
from tests.slack.blocks.samples import NOW, OWN, TOKEN, UPDATES, ago, before, change, drawn, undo

INACTIVE = replace(
    TOKEN, id="0f0b90b49dc03001", status=Status.INACTIVE, description="", created_at=ago(days=3)
)
EVERYTHING = tuple(
    Permission(action, kind)
    for kind in ("authorizations", "users", "orgs")
    for action in ("read", "write")
)


def _page(query: ListQuery | None = None, **fields: object) -> TokenPage:
    given = {"tokens": (TOKEN, INACTIVE), "total": 2, "page": 0, "pages": 1, "at": NOW, **fields}
    return TokenPage("prod", query or ListQuery(), **given)  # type: ignore[arg-type]  # its own fields


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(_page(tokens=(), total=0), id="empty"),
        pytest.param(_page(), id="one page"),
        pytest.param(_page(tokens=(TOKEN,), total=1), id="one token"),
        pytest.param(_page(total=24, page=0, pages=3, next="n"), id="first page"),
        pytest.param(_page(total=24, page=1, pages=3, previous="p", next="n"), id="middle page"),
        pytest.param(_page(total=24, page=2, pages=3, previous="p"), id="last page"),
        pytest.param(
            _page(ListQuery(("edge", "42"), "telegraf", "acme", Status.ACTIVE), tokens=(), total=0),
            id="filters",
        ),
        pytest.param(
            _page(tokens=(replace(TOKEN, created_at=None),), total=1), id="of unknown age"
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

    message = page_message(_page(query, tokens=(token,) * 8, total=99, pages=9, next="n"))

    assert block_kit.problems({"text": message.text, "blocks": message.blocks}) == []


@pytest.mark.parametrize(
    "details",
    [
        pytest.param(TokenDetails("prod", TOKEN, (), NOW), id="plain"),
        pytest.param(TokenDetails("prod", INACTIVE, (), NOW), id="no description"),
        pytest.param(
            TokenDetails("prod", replace(TOKEN, permissions=EVERYTHING), (), NOW), id="operator"
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


@pytest.mark.parametrize("update", list(UPDATES))
@pytest.mark.parametrize("verdict", [Proceed(), NothingToDo(), Refuse(OWN)], ids=type)
def test_a_preview(update: str, verdict: Verdict, snapshot: SnapshotAssertion) -> None:
    """What would be changed, or why not; and that nothing was."""
    preview = Preview("prod", before(UPDATES[update]), UPDATES[update], verdict)

    assert drawn(preview_message(preview)) == snapshot


def test_a_preview_of_a_first_description(snapshot: SnapshotAssertion) -> None:
    """A token without a description gets one."""
    update = AuthorizationUpdate(description="found on a build server")

    assert drawn(preview_message(Preview("prod", INACTIVE, update, Proceed()))) == snapshot
