"""Which addresses count as Slack's response URLs."""

import re

# https://docs.slack.dev/interactivity/handling-user-interaction has hooks.slack.com, and
# https://docs.slack.dev/govslack the same below slack-gov.com. Nothing of what stands before the
# path can be a user's name, a port, or what parsers take for different things.
_SLACKS = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.slack(?:-gov)?\.com/[!-~]+")
_ORIGIN = re.compile(r"(https?://[^/]+)/.*")


def leads_to_slack(url: str, api_url: str) -> bool:
    """Tell whether a response URL is Slack's: what stands elsewhere gets no answer.

    It comes with a request, or out of the database. Whoever can forge either must not have the
    bot post from within its network to an address of their choice.

    Args:
        url: The response URL.
        api_url: Where Slack's Web API is; a stand-in's own response URLs are good as well.
    """
    api = _ORIGIN.fullmatch(api_url)
    of_the_api = api is not None and url.startswith(f"{api[1]}/")
    return of_the_api or _SLACKS.fullmatch(url) is not None
