"""Whatever stands in other people's texts, no builder lets anything but words out of it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import block_kit
from bot.changes import evidence
from bot.changes.audit import ChainedEvent
from bot.changes.authorization import Permission
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem, UpstreamError
from bot.changes.lists import Listed, ListQuery, TokenPage
from bot.changes.locating import Place, Whereabouts
from bot.changes.queries import Preview
from bot.changes.record_queries import History, Pending
from bot.changes.ruling import Ruling
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Choice, Selection, Target
from bot.changes.token_queries import TokenDetails
from bot.changes.update import AuthorizationUpdate
from bot.commands.answers import Accepted, Help, HelpLine, Moved, MoveName, Notice, Reading
from bot.sandbox.influxdb.state import api_token
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.notice import problem_message
from bot.slack.blocks.private import decided_message, private_outcome
from bot.slack.blocks.request import Offer, request_message
from bot.slack.blocks.rich import Message, escaped, joined, paragraph, plain, shown
from bot.slack.blocks.timers import end_message
from bot.slack.blocks.under_way import progress_message
from tests.slack.blocks.samples import NOW, READER, TOKEN, approval, several, timer, waiting
from tests.slack.fit_for_people import assert_safe, inline

MARKUP = st.sampled_from(
    [
        *("<!channel>", "<!here>", "<@U0BOB>", "<#C0INCIDENTS>", "<!subteam^S0SRE>", "*", "_", "`"),
        *("https://evil.example", "<https://evil.example|ok>", "&", "&amp;", "<", ">", "|", ":x:"),
        *("\u202e", "\u2066", "\u200b", "\u00ad", "\ufeff", "\x00", "\x1b", "\n", "\r\n", "\t"),
        *("\u3164", "\ud800", "\U000e0041", "\u061c", "e\u0301", "👩\u200d🚒", "“", "{}", "%s", ""),
    ]
)
# Each is drawn by another builder.
DRAWN_APART = (
    RequestState.PREVIEWED,
    RequestState.FINISHED,
    RequestState.AWAITING_APPROVAL,
    RequestState.ACCEPTED,
    RequestState.VOIDED,
)
TEXTS = st.lists(st.one_of(MARKUP, st.text(max_size=5)), max_size=12).map("".join)


def _denied(text: str) -> Ruling:
    return Ruling(Denied(text, text), Denied(text, text))


def _messages(text: str) -> list[Message]:
    """Draw everything that there is with one text wherever other people's may stand."""
    token = replace(
        TOKEN,
        description=text,
        user=text,
        org=text,
        permissions=(Permission("read", "buckets", "x", text), Permission("read", text)),
    )
    problem = Problem(ErrorCode.FAULT, text, text, by="U0BOB")
    update = AuthorizationUpdate(description=f"{text}.")
    after = update.apply(token)
    done = Target(
        "prod", token.id, update, TargetState.DONE, token, after, problem, finished_at=NOW
    )
    made = several(done, reason=text, interrupted=1)
    refused = replace(made, targets=(replace(done, state=TargetState.REFUSED),))
    of_user = Selection("prod", text, update)
    unchanged = replace(made, targets=(replace(done, state=TargetState.UNCHANGED),))
    asked = waiting(replace(done, state=TargetState.PENDING), reason=text, held_back=text)
    asked = replace(asked, approval=replace(approval(), rule=text), closing=problem)
    choosing = replace(asked, choices=(Choice("prod", token),))
    both = replace(asked, targets=(*asked.targets, *refused.targets), selection=of_user)
    events = (
        evidence.accepted(made),
        evidence.progress(made, made.targets[0], NOW),
        evidence.progress(refused, refused.targets[0], NOW),
        evidence.closed(replace(made, state=RequestState.VOIDED, closing=problem), NOW),
    )
    chained = tuple(ChainedEvent(n, event, "", "") for n, event in enumerate(events))
    query = ListQuery((text,), text, text)
    readings: tuple[Reading | Accepted | Moved, ...] = (
        TokenPage(
            ("prod", "lab"), query, (Listed("prod", token),) * 8, 8, 0, 1, NOW, silent=(problem,)
        ),
        TokenDetails("prod", token, (made,), NOW),
        Whereabouts(token.id, (Place("prod", token), Place("lab", UpstreamError(problem)))),
        *(Preview(each, _denied(text)) for each in (asked, refused, choosing, both)),
        Pending((asked, choosing, replace(made, timer=timer(running=True))), NOW),
        Accepted(asked),
        Moved(asked, MoveName.CONFIRM),
        History(chained),
        Notice(f"Title {text}", (text, text)),
        Help("/token", (("Group", (HelpLine("/token x", "Does x."),)),)),
    )
    return [
        *(
            request_message(replace(each, state=state), Offer(undo=True), note="A note.")
            for each, states in ((asked, DRAWN_APART), (both, DRAWN_APART[:2]))
            for state in states
        ),
        request_message(choosing, Offer(), note="A note."),
        request_message(made, Offer(undo=True), undo=made, note="A note."),
        *(private_outcome(each) for each in (refused, unchanged, both)),
        *(decided_message(each) for each in (refused, replace(asked, state=RequestState.DENIED))),
        end_message(made),
        progress_message(both, 1),
        problem_message(problem, "9H5N4S"),
        *map(answer_message, readings),
    ]


@settings(max_examples=40, deadline=None)
@given(text=TEXTS, times=st.sampled_from([1, 40, 2_000]))
def test_no_builder_lets_more_than_words_through(text: str, times: int) -> None:
    """No mention, link, broadcast or unseen sign; and all fits into what Slack takes."""
    for message in _messages(text * times):
        assert block_kit.problems({"text": message.text, "blocks": message.blocks}) == []
        assert_safe(message.text, message.blocks, set(READER.names))
        message.text.encode()


@settings(max_examples=20, deadline=None)
@given(
    before=st.integers(0, 100) | st.integers(1_450, 1_600) | st.integers(7_850, 8_000),
    filler=st.sampled_from(["x ", "\u200b", "é,", "& "]),
    unseen=st.sampled_from(["", "\u200b", "\u202e\u00ad", "\ufeff"]),
    cut=st.integers(0, 86),
)
def test_no_builder_lets_a_secret_through(before: int, filler: str, unseen: str, cut: int) -> None:
    """Wherever a token's secret stands in a text, and whatever unseen sign parts it."""
    secret = api_token("made up")
    text = f"{(filler * before)[:before]} {secret[:cut]}{unseen}{secret[cut:]} after"

    for message in _messages(text):
        told = message.text + "".join(
            str(element.get("text")) for element in inline(message.blocks)
        )
        assert secret[:10] not in told
        assert secret[-10:] not in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\u202eb\u200bc\u00add", "abcd"),
        ("one\n two\t\x00three ", "one two three"),
        ("x" * 201, "x" * 199 + "…"),
        ("x" * 200, "x" * 200),
        ("❤\ufe0f 日本語 ñ", "❤ 日本語 ñ"),
        ("\u3164\u2800", "\u2800"),
        ("", ""),
    ],
)
def test_texts_become_one_line_that_can_be_seen(text: str, expected: str) -> None:
    """Invisible signs go, spaces are one, and what is too long ends in an ellipsis."""
    assert shown(text) == expected


def test_top_level_texts_are_cut_between_signs() -> None:
    """An entity is never cut in two."""
    assert escaped("&" * 10, 12) == "&amp;&amp;…"
    assert escaped("a\n\n<b>") == "a\n&lt;b&gt;"
    assert len(escaped("<" * 10_000)) <= 3_801


def test_what_says_nothing_is_left_out() -> None:
    """Slack refuses empty texts, and people need no dots around them."""
    line = joined([plain("")], [plain("one")], [], [plain("two"), plain("")])

    block = paragraph([plain("")], line, [plain("")], [plain("three")])

    assert "".join(element["text"] for element in inline([block])) == "one · two\nthree"
