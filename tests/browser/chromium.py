"""The machine's own browser: nothing is downloaded."""

import os
import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_REQUIRED = "BOT_TEST_BROWSER"


def executable() -> str:
    """Find a browser; skip the test where there is none, unless one is required."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found:
        return found
    missing = f"there is no {', '.join(_NAMES)} on this machine"
    if os.environ.get(_REQUIRED) == "required":  # noqa: TID251 - whoever runs the tests says so
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)
