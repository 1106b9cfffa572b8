"""What a person reads in a message."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.block_kit.dates import show_date
from bot.block_kit.reading import CannotDrawError
from bot.sandbox.slack import Channel, Message, Person, SlackStandIn, Usergroup

Posted = Callable[..., Message]

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AT_14_03 = int(datetime(2026, 11, 23, 14, 3, 7, tzinfo=UTC).timestamp())


@pytest.fixture
def posted() -> Posted:
    """Give a message with this text or these blocks, as it stands in a workspace."""
    slack = SlackStandIn(lambda: NOON, signing_secret="shh", bot_token="xoxb-1")
    slack.add_person(Person("U0ALICE", "alice"))
    slack.add_channel(Channel("C0INCIDENTS", "incidents"))
    slack.add_usergroup(Usergroup("S0ONCALL", "oncall"))

    def post(text: str, *blocks: dict[str, Any]) -> Message:
        return slack.workspace.post("C0INCIDENTS", text, list(blocks))

    return post


def plain(text: str) -> dict[str, str]:
    """Write a plain_text object."""
    return {"type": "plain_text", "text": text}


def rich(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    """Write a rich_text block."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("*Token disabled*, _really_, ~not~", "Token disabled, really, not"),
        ("2*3*4 and snake_case_name and a * b * c", "2*3*4 and snake_case_name and a * b * c"),
        ("`0d1f` and ```x = *1*\ny```", "0d1f and x = *1*\ny"),
        (
            "by <@U0ALICE> for <!subteam^S0ONCALL> in <#C0INCIDENTS>",
            "by @alice for @oncall in #incidents",
        ),
        ("<@U0WHO> <@U0WHO|who> <#C0WHERE|where> <!subteam^S9|@them>", "@U0WHO @who #where @them"),
        ("<!here> <!channel>", "@here @channel"),
        (
            "<https://example.com/a_b_|the *runbook*> <https://example.com>",
            "the runbook https://example.com",
        ),
        ("<mailto:a@example.com>", "a@example.com"),
        ("&lt;@U0ALICE&gt; &amp;lt; A &amp; B", "<@U0ALICE> &lt; A & B"),
        (f"<!date^{AT_14_03}^{{date_num}} {{time_secs}}|then>", "2026-11-23 14:03:07"),
        ("<!date^soon^{time}|then>", "then"),
        ("<|x> < > <>", "x < > <>"),
    ],
)
def test_mrkdwn_is_read_without_its_markup(posted: Posted, mrkdwn: str, read: str) -> None:
    """Names stand for ids, and what was escaped stays what it was."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn}}

    assert posted(mrkdwn).plain == read
    assert posted("fallback", section).plain == read


def test_plain_text_is_read_as_it_is(posted: Posted) -> None:
    """plain_text has no markup."""
    message = posted("fallback", {"type": "section", "text": plain("*not* <@U0ALICE> &amp;")})

    assert message.plain == "*not* <@U0ALICE> &amp;"


def test_every_block_in_use_can_be_read(posted: Posted) -> None:
    """Headers, fields, accessories, contexts, images and controls are all read, in order."""
    message = posted(
        "fallback",
        {"type": "header", "text": plain("Token disabled")},
        {
            "type": "section",
            "text": plain("telegraf"),
            "accessory": {"type": "button", "text": plain("Show")},
        },
        {"type": "section", "fields": [plain("Owner\nalice"), plain("Status\ninactive")]},
        {"type": "divider"},
        {
            "type": "context",
            "elements": [
                plain("prod"),
                {"type": "image", "image_url": "https://x.io/i.png", "alt_text": "logo"},
            ],
        },
        {"type": "image", "image_url": "https://x.io/i.png", "alt_text": "a graph"},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": plain("Undo")},
                {
                    "type": "static_select",
                    "placeholder": plain("Instance"),
                    "options": [{"text": plain("prod"), "value": "prod"}],
                },
                {"type": "overflow", "options": [{"text": plain("Rename"), "value": "r"}]},
            ],
        },
    )

    assert message.plain.split("\n") == [
        "Token disabled",
        "telegraf",
        "[ Show ]",
        "Owner",
        "alice",
        "Status",
        "inactive",
        "prod  (image: logo)",
        "(image: a graph)",
        "[ Undo ] [ Instance ▾ ] [ Rename ]",
    ]


def test_rich_text_is_read(posted: Posted) -> None:
    """Every inline element has words."""
    inline = rich(
        {"type": "text", "text": "*as is* ", "style": {"bold": True}},
        {"type": "user", "user_id": "U0ALICE"},
        {"type": "text", "text": " "},
        {"type": "usergroup", "usergroup_id": "S0ONCALL"},
        {"type": "channel", "channel_id": "C0INCIDENTS"},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://x.io", "text": " link "},
        {"type": "link", "url": "https://x.io"},
        {"type": "emoji", "name": "lock"},
        {"type": "color", "value": "#2C2D72"},
        {"type": "date", "timestamp": AT_14_03, "format": " {date_short_pretty} {time}"},
    )
    quote = rich({"type": "text", "text": "said"}, kind="rich_text_quote")
    code = rich({"type": "text", "text": "x = 1\ny = 2"}, kind="rich_text_preformatted")

    assert posted("fallback", inline, quote, code).plain == (
        "*as is* @alice @oncall#incidents@here link https://x.io:lock:#2C2D72 today 14:03\n"
        "said\nx = 1\ny = 2"
    )


def test_lists_are_numbered_or_dotted(posted: Posted) -> None:
    """An ordered list counts from its offset."""
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": t}]} for t in "ab"]
    lists = [
        {"type": "rich_text_list", "style": "bullet", "elements": items},
        {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": items},
    ]

    message = posted("fallback", {"type": "rich_text", "elements": lists})

    assert message.plain.split("\n") == ["• a", "• b", "3. a", "4. b"]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video"},
        {"type": "actions", "elements": [{"type": "datepicker"}]},
        rich(kind="rich_text_table"),
        rich({"type": "team"}),
    ],
)
def test_what_has_no_words_is_an_error(posted: Posted, block: dict[str, Any]) -> None:
    """A block or element that cannot be read is no gap but an error."""
    message = posted("fallback", block)

    with pytest.raises(CannotDrawError):
        _ = message.plain


@pytest.mark.parametrize(
    ("day", "template", "shown"),
    [
        (23, "{date_short_pretty} {time}", "today 14:03"),
        (22, "{date_pretty}", "yesterday"),
        (24, "{date_long_pretty}", "tomorrow"),
        (21, "{date}", "November 21st, 2026"),
        (12, "{date_pretty}", "November 12th, 2026"),
        (3, "{date_long} {date_slash}", "Tuesday, November 3rd, 2026 11/03/2026"),
        (2, "{date_short}: {unknown}", "Nov 2, 2026: {unknown}"),
        (21, "{ago}", "1 day ago"),
        (26, "{ago}", "in 3 days"),
        (23, "{ago}", "in 2 hours"),
    ],
)
def test_dates_are_shown_in_utc(day: int, template: str, shown: str) -> None:
    """Slack's date tokens are filled in, in words where the day is near."""
    moment = int(datetime(2026, 11, day, 14, 3, 7, tzinfo=UTC).timestamp())

    assert show_date(moment, template, NOON) == shown


def test_just_now_is_no_number_of_minutes() -> None:
    """Less than a minute has no count."""
    assert show_date(int(NOON.timestamp()) - 59, "{ago}", NOON) == "just now"


@pytest.mark.parametrize("timestamp", [10**12, 10**30])
def test_a_time_beyond_all_dates_has_none(timestamp: int) -> None:
    """The fallback is then shown instead."""
    with pytest.raises(ValueError, match="is no time"):
        show_date(timestamp, "{date}", NOON)
