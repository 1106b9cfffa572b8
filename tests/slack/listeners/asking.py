"""What these tests ask for, and the policy under which they do."""

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.world import World

# Alice may ask; Bob may agree as well; Carol may agree. Groups make every cache a cold one first.
FREE = f"""
[roles]
operator = ["{cast.ONCALL_GROUP}"]
approver = ["{cast.SECURITY_GROUP}"]
"""
POLICY = f"""{FREE}
[approval]
needed_for = ["enable"]
"""
TWO = f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}"
ENABLE = f"enable {INACTIVE_LOAD_TEST}"
PATH = "/api/v2/authorizations"


async def asked(here: World, text: str, user: str = cast.ALICE) -> Message:
    """Have somebody ask for something, and give the message that everybody sees of it."""
    before = len(here.channel())
    await here.say(text, user=user)
    (message,) = here.channel()[before:]
    return message


def statuses(here: World) -> list[str | None]:
    """Give the bodies of the PATCHes that InfluxDB got."""
    return [body for _, body in here.patches()]
