"""What was signed once is taken once, however long it is good and however it comes again."""

from datetime import timedelta

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Delivery
from tests.world import World


async def test_a_signature_is_used_up_for_as_long_as_it_is_good(here: World) -> None:
    """Dated five minutes ahead, it is good for ten: sent again all that time, without effect."""
    body = (await here.say("whoami")).request.body
    body = body.replace(b"whoami", f"disable+{TELEGRAF_EDGE_42}".encode())
    headers = here.slack.sign(body, here.now() + timedelta(seconds=295))
    first = await here.slack.deliver_raw(body, headers)
    await here.settled()
    assert len(here.patches()) == 1
    await here.say("undo")
    before = await here.tags()

    again: list[Delivery] = []
    for pause in (0, 290, 300):
        here.now.advance(timedelta(seconds=pause))
        if pause == 290:
            await here.stop()
            await here.start()
        again.append(await here.slack.deliver_raw(body, headers))
        await here.settled()
    here.now.advance(timedelta(seconds=10))
    late = await here.slack.deliver_raw(body, headers)

    assert first.status == 200
    assert [(each.status, each.body) for each in again] == [(200, "")] * 3
    assert late.status == 401
    assert len(here.patches()) == 2
    assert await here.tags() == before


async def test_other_headers_make_no_other_request(here: World) -> None:
    """Slack signs the body and the time alone: whoever sends them again may write the rest anew."""
    first = await here.say(f"disable {TELEGRAF_EDGE_42}")
    headers = dict(first.request.headers)
    form = headers.pop("Content-Type")
    others = (
        {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"},
        {"Content-Type": f"{form}; charset=utf-8", "User-Agent": "another"},
        {"Content-Type": form.upper(), "X-Slack-Bolt-Lazy-Only": "1"},
        {"Content-Type": "application/json"},
    )
    before = (await here.tags(), here.patches(), len(here.slack.journal))

    for other in others:
        merged = {name.upper(): value for name, value in headers.items()}
        again = await here.slack.deliver_raw(
            first.request.body, {"Content-Type": form, **merged, **other}
        )
        await here.settled()
        assert again.status in {200, 400}

    assert (await here.tags(), here.patches(), len(here.slack.journal)) == before
