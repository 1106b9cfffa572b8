"""The bot's own machine: its environment, its files, and who is there."""

import os
import pwd
from pathlib import Path

from tests.process.bot_process import environment
from tests.world import World

NOWHERE = {"SLACK_API_URL": "http://127.0.0.1:1/api/"}
NEEDS_APPROVAL = """
[roles]
operator = ["U0ALICE"]
approver = ["U0BOB"]

[approval]
needed_for = ["disable"]
"""


def user() -> str:
    """Name who runs the tests, as the record does."""
    try:
        return f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"cli:{os.getuid()}"


def ruled(here: World, folder: Path, policy: str) -> dict[str, str]:
    """Give the environment with a policy file in the place of ALLOWED_USERS."""
    here.write_policy(policy)
    return {
        **environment(here, folder),
        "ALLOWED_USERS": "",
        "TOKEN_BOT_CONFIG": str(here.policy_file),
    }


def stored_in(folder: Path) -> bytes:
    """Give all that stands in the files of a folder."""
    return b"".join(each.read_bytes() for each in folder.iterdir())
