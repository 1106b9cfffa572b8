"""Slack in trouble: nothing is lost, and no change waits for a message."""

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.world import World


def _calls(here: World, method: str) -> list[tuple[int, str | None]]:
    found = [call for call in here.slack.journal if call.method == method]
    return [(call.status, call.answer.get("error")) for call in found]


async def _disable(here: World) -> Message:
    await here.slack.command("U0ALICE", "C0INCIDENTS", "/token", f"disable {TELEGRAF_EDGE_42}")
    (message,) = await here.slack.wait_for(here.channel)
    return message


@pytest.mark.parametrize(
    ("fault", "failed"),
    [
        ({"status": 429, "retry_after": 0}, (429, "ratelimited")),
        ({"status": 500}, (500, "internal_error")),
        ({"status": 503}, (503, "service_unavailable")),
        ({"error": "fatal_error"}, (200, "fatal_error")),
        ({"drop": True}, (0, None)),
    ],
)
async def test_a_message_that_slack_did_not_take_is_posted_later(
    here: World, fault: dict[str, Any], failed: tuple[int, str | None]
) -> None:
    """Two failures, then one copy; the change was made before the first of them."""
    here.slack.faults.add("chat.postMessage", times=2, **fault)

    message = await _disable(here)
    await here.settled()

    assert _calls(here, "chat.postMessage") == [failed, failed, (200, None)]
    assert here.channel() == [message]
    assert [body for _, body in here.patches()] == ['{"status":"inactive"}']


async def test_an_answer_that_is_lost_leads_to_a_second_copy(here: World) -> None:
    """Slack posted it and the answer was lost: at worst there are two, and both can be undone."""
    here.slack.faults.add("chat.postMessage", drop=True, applied=True)
    await _disable(here)
    await here.slack.wait_for(lambda: len(here.channel()) == 2)
    first, second = here.channel()

    await here.press(first, "Undo")

    assert "then undone" in first.plain
    assert "then undone" in second.plain
    assert len(here.patches()) == 2


async def test_slack_says_how_long_to_wait(here: World) -> None:
    """Retry-After is kept to: no call before it is over."""
    here.slack.faults.add("chat.postMessage", status=429, retry_after=60)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    here.now.advance(timedelta(seconds=50))
    await here.say("whoami")
    early = _calls(here, "chat.postMessage")

    here.now.advance(timedelta(seconds=11))
    await here.slack.wait_for(here.channel)

    assert early == [(429, "ratelimited")]
    assert len(here.channel()) == 1


async def test_the_change_and_its_record_do_not_wait_for_slack(here: World) -> None:
    """While nothing can be posted, InfluxDB is changed and the history says so."""
    here.slack.faults.add("chat.postMessage", status=503, times=1_000)
    await here.say(f"disable {TELEGRAF_EDGE_42}")

    await here.say("history")

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert f"@alice disabled {TELEGRAF_EDGE_42}: active → inactive" in here.last()
    assert here.channel() == []
    here.slack.faults.clear()
    await here.slack.wait_for(here.channel)


async def test_blocks_that_slack_refuses_are_left_out(here: World) -> None:
    """The text alone says the same, and the log says that there is a fault to mend."""
    here.slack.faults.add("chat.postMessage", error="invalid_blocks")

    with capture_logs() as logs:
        message = await _disable(here)

    assert message.blocks == []
    assert "Token disabled: telegraf on edge-42" in message.plain
    assert "Status: active → inactive, read back at " in message.plain
    assert "refused the blocks" in " ".join(line["event"] for line in logs)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429, "retry_after": 0}])
async def test_an_edit_that_slack_did_not_take_is_made_later(
    here: World, fault: dict[str, Any]
) -> None:
    """The undo is done at once; the message says so as soon as Slack lets it."""
    message = await _disable(here)
    here.slack.faults.add("chat.update", times=2, **fault)

    await here.slack.press("U0BOB", message, "Undo")
    await here.slack.wait_for(lambda: message.edited)

    assert "Undone by @bob" in message.plain
    assert len(here.channel()) == 1
    assert len(here.patches()) == 2


async def test_top_level_texts_are_complete(here: World) -> None:
    """What screen readers and notifications tell holds who, what, where, why and the result."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --reason pasted in a gist")
    (message,) = here.channel()
    alone = message.text
    await here.press(message, "Undo", user="U0BOB")

    for part in (
        f"Token disabled: telegraf on edge-42 ({TELEGRAF_EDGE_42})",
        "owner telegraf, organisation acme, on default",
        "Status: active → inactive, read back at ",
        "Reason: “pasted in a gist”.",
        "By <@U0ALICE>.",
    ):
        assert part in alone
    assert message.text.startswith("Token disabled, then undone: telegraf on edge-42")
    assert "Status: inactive → active, read back at " in message.text
    assert message.text.endswith("By <@U0ALICE>. Undone by <@U0BOB>.")
