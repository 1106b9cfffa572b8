"""An answer to one person finds a way: response URL, the channel, a direct message."""

from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from tests.scraping import scraped
from tests.world import World

_ASKING = {"auth.test", "users.info", "usergroups.users.list", "conversations.info"}


def _told(here: World) -> list[tuple[str, object]]:
    """Give the ways by which the bot tried to tell something, and what Slack said to each."""
    calls = [call for call in here.slack.journal if call.method not in _ASKING]
    return [(call.method, call.answer.get("error")) for call in calls]


async def test_the_response_url_is_the_first_way(here: World) -> None:
    """A reading is answered by it, seen by whoever asked alone."""
    await here.say("list telegraf")

    (told,) = here.slack.ephemerals("U0ALICE")
    assert told.plain.startswith("2 tokens with “telegraf” on default")
    assert [method for method, _ in _told(here)] == ["response_url"]
    assert here.slack.ephemerals("U0BOB") == []


async def test_without_it_they_are_told_in_the_channel(here: World) -> None:
    """A response URL that has expired while InfluxDB took its time: the same, by the Web API."""
    gate = here.influxdb.gate("GET", "/api/v2/authorizations")
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", "list telegraf")
    await gate.reached.wait()
    here.now.advance(timedelta(minutes=31))
    gate.release()

    await here.settled()

    (told,) = here.slack.ephemerals("U0ALICE", "C0INCIDENTS")
    assert told.plain.startswith("2 tokens")
    assert _told(here) == [("response_url", "expired_url"), ("chat.postEphemeral", None)]


async def test_what_a_response_url_comes_to_is_counted(here: World) -> None:
    """Beside the calls of the Web API: taken, or refused with a status."""
    await here.say("list telegraf")
    here.slack.faults.add("response_url", status=500)
    await here.say("list telegraf")

    counted = await scraped(here)
    outcomes = {
        outcome: times
        for (method, outcome), times in counted["token_bot_slack_seconds_count"].items()
        if method == "response_url"
    }
    assert outcomes == {"ok": 1, "http_500": 1}


async def test_without_the_channel_they_get_a_direct_message(here: World) -> None:
    """Where the bot is no member, the last way is a direct message."""
    channel = here.slack.workspace.channels["C0INCIDENTS"]
    here.slack.add_channel(replace(channel, bot_is_member=False))
    here.slack.faults.add("response_url", error="used_url")

    await here.say("list telegraf")

    (told,) = here.slack.direct_messages("U0ALICE")
    assert told.plain.startswith("2 tokens")
    assert here.channel() == []


async def test_an_answer_that_reaches_nobody_is_in_the_log(here: World) -> None:
    """With every way closed, the operator at least learns of it, without the answering address."""
    for method in ("response_url", "chat.postEphemeral", "chat.postMessage"):
        here.slack.faults.add(method, status=500)

    with capture_logs() as logs:
        await here.say("list telegraf")

    assert [line["event"] for line in logs if line["log_level"] == "error"] == [
        "an answer reached nobody"
    ]
    assert "/response/" not in str(logs)
