from datetime import datetime, timedelta

from bot.changes import evidence, refusals
from bot.changes.ports import Store

# Slack's signatures are good for 5 minutes; what is older cannot be sent again.
DELIVERIES_KEPT = timedelta(minutes=15)
QUERIES_KEPT = timedelta(hours=24)
# https://docs.slack.dev/interactivity/handling-user-interaction: 5 uses within 30 minutes.
RESPONSE_URLS_KEPT = timedelta(minutes=30)


async def sweep(store: Store, now: datetime) -> None:
    """Forget what has served its time: deliveries, lists' queries and answering addresses.

    Whoever was refused more often than is worth a line each gets one that counts the others.
    """
    async with store.transaction() as transaction:
        over = await transaction.forget_refusals(now - refusals.WINDOW)
        await transaction.forget(
            deliveries_before=now - DELIVERIES_KEPT,
            queries_before=now - QUERIES_KEPT,
            response_urls_before=now - RESPONSE_URLS_KEPT,
        )
        await transaction.append(
            *(
                evidence.refusals_counted(each.person, now, each.since, each.only_counted)
                for each in over
                if each.only_counted
            )
        )
