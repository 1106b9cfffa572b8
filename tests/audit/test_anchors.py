"""Anchors: told once a day, to the feed and the log, by one of all replicas."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO

from sqlalchemy import select

from bot.audit_verifier.verify_record import anchors_in
from bot.changes.anchor import Anchor
from bot.changes.anchoring import AnchorPace
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from bot.storage.engine import create_engine
from bot.storage.store import SqlStore
from bot.storage.tables import audit_anchor
from tests.changes.samples import NOON
from tests.durability.outside import until
from tests.policy.feed import FEED
from tests.sqlite import driven
from tests.storage.appended import EVENT, append
from tests.world import BRISK, World

DAY = timedelta(days=1)
SOON = timedelta(minutes=5)
A_MOMENT = timedelta(minutes=1)
OFTEN = replace(BRISK, anchors=AnchorPace(look=timedelta(milliseconds=20)))


def told(here: World) -> list[Message]:
    """Give the anchors in the feed."""
    return [each for each in here.channel(cast.SECURITY) if each.plain.startswith("Audit anchor")]


async def looked(here: World) -> None:
    """Wait until a replica has looked, and what was due is told and stored as that."""
    engine = create_engine(driven(here.settings["database_url"]))

    async def done() -> bool:
        async with engine.connect() as connection:
            row = (await connection.execute(select(audit_anchor))).first()
        return row is not None and row.told and row.due_at > here.now()

    try:
        assert await until(done, 15)
    finally:
        await engine.dispose()


async def arrives(here: World, count: int) -> list[Message]:
    """Wait for so many anchors in the feed."""

    async def there() -> bool:
        return len(told(here)) >= count

    assert await until(there, 15)
    return told(here)


async def test_once_a_day_over_all_replicas(
    idle_world: World, postgresql_url: str, logs_at_debug: StringIO
) -> None:
    """It is what the record holds then; nothing is told before, nor where nothing was appended."""
    here = idle_world
    here.timing, here.replicas = OFTEN, 2
    here.settings["database_url"] = postgresql_url
    await here.start(policy=FEED)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    await looked(here)
    early = told(here)

    here.now.advance(DAY)
    (first,) = await arrives(here, 1)
    await looked(here)
    here.now.advance(DAY + A_MOMENT)
    await looked(here)
    unchanged = told(here)
    await here.stop()
    await here.start(policy=FEED)
    await here.say(f"enable {TELEGRAF_EDGE_42}")
    here.now.advance(DAY + A_MOMENT)
    second = (await arrives(here, 2))[1:]
    await looked(here)

    record = await here.record()
    logged = [json.loads(line) for line in logs_at_debug.getvalue().splitlines()]
    anchors = [each["anchor"] for each in logged if "anchor" in each]
    assert (early, unchanged) == ([], [first])
    assert [anchors_in(each.plain) for each in (first, *second)] == [
        [(record[2].sequence, record[2].hash)],
        [(record[-1].sequence, record[-1].hash)],
    ]
    assert anchors == [f"{link.sequence}:{link.hash}" for link in (record[2], record[-1])]


async def test_an_answer_that_is_lost_leads_to_a_second_copy(idle_world: World) -> None:
    """Whether it was posted nobody knows: the same anchor is told once more, and no other."""
    here = idle_world
    here.timing = OFTEN
    await here.start(policy=FEED)
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    here.slack.faults.add("chat.postMessage", drop=True, applied=True)

    here.now.advance(DAY)
    await arrives(here, 1)
    await here.stop()
    await here.start(policy=FEED)
    here.now.advance(SOON)
    first, second = await arrives(here, 2)
    await looked(here)
    here.now.advance(SOON)
    await looked(here)

    assert first.plain.partition("as of")[0] == second.plain.partition("as of")[0]
    assert anchors_in(first.plain) == anchors_in(second.plain)
    assert len(told(here)) == 2


async def test_without_a_feed_the_log_has_it(idle_world: World, logs_at_debug: StringIO) -> None:
    """Once, and nothing is posted anywhere."""
    here = idle_world
    here.timing = OFTEN
    await here.start()
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    posted = len(list(here.slack.workspace.all_messages()))

    here.now.advance(DAY)

    async def logged() -> bool:
        return "the record's anchor" in logs_at_debug.getvalue()

    assert await until(logged, 15)
    await looked(here)
    (link,) = (await here.record())[-1:]
    assert logs_at_debug.getvalue().count(f"{link.sequence}:{link.hash}") == 1
    assert len(list(here.slack.workspace.all_messages())) == posted


async def taken(store: SqlStore, minutes: int) -> tuple[Anchor, bool] | None:
    """Take the anchor that is due some minutes after noon."""
    async with store.transaction() as transaction:
        return await transaction.take_anchor(NOON + timedelta(minutes=minutes), DAY, SOON)


async def test_one_replica_takes_it(store: SqlStore, replica: SqlStore) -> None:
    """Until it is told it comes again as it was taken; the next one is due a day after."""
    day = 24 * 60
    await append(store, EVENT)
    first_look = await taken(store, 0)
    both = await asyncio.gather(taken(store, day), taken(replica, day))
    (found,) = [each for each in both if each is not None]
    anchor, is_new = found
    await append(store, EVENT)
    too_early = await taken(replica, day + 4)
    again = await taken(replica, day + 5)
    async with replica.transaction() as transaction:
        await transaction.anchor_told(anchor, NOON + 2 * DAY)
    not_due = await taken(store, 2 * day - 1)
    second = await taken(store, 2 * day)

    async with store.reading() as reading:
        head = await reading.head()
    assert (first_look, too_early, not_due) == (None, None, None)
    assert (anchor.sequence, anchor.at, is_new) == (1, NOON + DAY, True)
    assert again == (anchor, False)
    assert second == (Anchor(*head, NOON + 2 * DAY), True)


async def test_nothing_appended_is_nothing_to_tell(store: SqlStore) -> None:
    """An empty record has no anchor, and what was told is not told anew; a day later it may."""
    day = 24 * 60
    await taken(store, 0)
    empty = await taken(store, day)
    await append(store, EVENT)
    not_due = await taken(store, day + 1)
    found = await taken(store, 2 * day)
    assert found is not None
    async with store.transaction() as transaction:
        await transaction.anchor_told(found[0], NOON + 3 * DAY)

    assert (empty, not_due, await taken(store, 3 * day)) == (None, None, None)
    await append(store, EVENT)
    assert await taken(store, 3 * day + 1) is None
    assert await taken(store, 4 * day) is not None
