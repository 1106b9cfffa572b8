"""A message to press buttons in: that of a disable."""

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Message
from tests.world import World


async def disabled(here: World) -> Message:
    """Have Alice disable a token, and give the message."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    return message
