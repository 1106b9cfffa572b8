"""People report leaked secrets in Slack, for tests."""

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import realistic_fixture
from bot.sandbox.slack import Delivery
from tests.world import World

PLACE = "https://gist.example/42"
SECRET_FIELD = "The leaked token"
START = "Disable in this order"
ORDER_FIELD = "Tokens to try, in this order"
PLACE_FIELD = "Where it was found"


def secret_of(authorization_id: str) -> str:
    """Give the secret that somebody has found, as it was minted."""
    tokens = realistic_fixture()["authorizations"]
    return str(next(each["token"] for each in tokens if each["id"] == authorization_id))


def in_order(*authorization_ids: str, instance: str = "default") -> dict[str, str]:
    """Choose tokens of an instance in the message that asks which to try first."""
    return {ORDER_FIELD: "\n".join(f"{instance}:{each}" for each in authorization_ids)}


async def opened(here: World, *, user: str = cast.ALICE, channel: str = cast.INCIDENTS) -> Delivery:
    """Have somebody type the command, and the form be there."""
    delivery = await here.say("leak", user=user, channel=channel)
    assert here.slack.open_view(user) is not None, here.slack.ephemerals(user)
    return delivery


async def report(
    here: World,
    secret: str,
    *,
    user: str = cast.ALICE,
    channel: str = cast.INCIDENTS,
    place: str = PLACE,
    **more: str,
) -> Delivery:
    """Have somebody report a secret, and wait until the bot has done its part."""
    await opened(here, user=user, channel=channel)
    here.slack.fill(user, {SECRET_FIELD: secret, PLACE_FIELD: place, **more})
    delivery = await here.slack.submit(user)
    await here.settled()
    return delivery
