"""Whatever is recorded of a request, there is a message of it that Slack takes."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.changes.approval import Vote
from bot.changes.decision import Denied
from bot.changes.queries import Preview
from bot.changes.record_queries import Pending
from bot.changes.request import ChangeRequest
from bot.changes.ruling import Ruling
from bot.changes.token_queries import TokenDetails
from bot.commands.answers import Accepted, Moved, MoveName
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.drift import drift_message
from bot.slack.blocks.private import decided_message, private_outcome
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.timers import end_message
from bot.slack.blocks.under_way import progress_message
from tests.changes.samples import AUTHORIZATIONS, MOMENTS, REQUESTS, TEXTS
from tests.slack.blocks.samples import BOB, CAROL, NOW, checked

VOTES = st.lists(st.builds(Vote, st.sampled_from([BOB, CAROL]), MOMENTS), max_size=2).map(tuple)
TIES = st.none() | st.just("5D2J1P")
# Whatever takes a change back or tries it again knows its tokens; a user's are looked up later.
NAMED = st.builds(
    lambda request, votes, undo_of, retry_of: replace(
        request,
        approval=request.approval and replace(request.approval, votes=votes),
        undo_of=undo_of,
        retry_of=retry_of,
    ),
    *(REQUESTS, VOTES, TIES, TIES),
)
SELECTED = NAMED.filter(lambda request: request.selection is not None).map(
    lambda request: replace(request, targets=(), choices=(), undo_of=None, retry_of=None)
)
ANY_REQUEST = NAMED | SELECTED


@settings(deadline=None)
@given(ANY_REQUEST, st.none() | NAMED, st.booleans(), st.booleans())
def test_any_request_gives_a_message(
    request: ChangeRequest,
    undo: ChangeRequest | None,
    undoable: bool,  # noqa: FBT001 - drawn
    retryable: bool,  # noqa: FBT001 - drawn
) -> None:
    """In any state, with any texts and any undo: it fits, and nothing but words comes of it."""
    message = request_message(
        request, Offer(undoable, retryable), undo=undo, note="Sent to you alone."
    )

    checked(message)
    assert request.id in message.text


@settings(deadline=None)
@given(ANY_REQUEST, st.sampled_from(MoveName), AUTHORIZATIONS, TEXTS)
def test_any_request_can_be_told_of(
    request: ChangeRequest, move: MoveName, token: object, text: str
) -> None:
    """Stored, moved on, decided, under way, pending, dry run, in a token's details."""
    messages = [
        answer_message(Accepted(request)),
        answer_message(Moved(request, move)),
        answer_message(Pending((request,), NOW)),
        answer_message(Preview(request, Ruling(Denied(text, text), Denied(text, text)))),
        answer_message(TokenDetails("default", token, (request,), NOW)),  # type: ignore[arg-type]  # drawn
        decided_message(request),
        private_outcome(request),
        end_message(request),
        drift_message(request, 0, None),
        drift_message(request, 1, request),
        progress_message(request, 1),
    ]

    for message in messages:
        checked(message)
