"""The sandbox's page: the stand-ins in a browser, as one person at a time sees them.

It shows what the Slack stand-in accepted, by that stand-in's own rules of who sees what, and beside
it the true state of the InfluxDB stand-in.
"""

from bot.sandbox.page.app import Page
from bot.sandbox.page.welcoming import welcome

__all__ = ["Page", "welcome"]
