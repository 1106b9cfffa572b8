from datetime import datetime, timedelta

from bot.changes.ports import Store

# Slack's signatures are good for 5 minutes; what is older cannot be sent again.
DELIVERIES_KEPT = timedelta(minutes=15)
QUERIES_KEPT = timedelta(hours=24)
# https://docs.slack.dev/interactivity/handling-user-interaction: 5 uses within 30 minutes.
RESPONSE_URLS_KEPT = timedelta(minutes=30)


async def sweep(store: Store, now: datetime) -> None:
    """Forget what has served its time: deliveries, lists' queries and answering addresses."""
    async with store.transaction() as transaction:
        await transaction.forget(
            deliveries_before=now - DELIVERIES_KEPT,
            queries_before=now - QUERIES_KEPT,
            response_urls_before=now - RESPONSE_URLS_KEPT,
        )
