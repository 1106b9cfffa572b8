"""Settings to begin a test with."""

from collections.abc import Callable
from typing import Any, TypeAlias

from pydantic import SecretStr

from bot.configuration import Configuration
from bot.settings import Settings

Load: TypeAlias = Callable[..., Configuration]
Wrong: TypeAlias = Callable[..., list[str]]


def settings(**said: Any) -> Settings:
    """Give settings that are right, but for what is said."""
    return Settings(
        slack_bot_token=SecretStr("xoxb-made-up"),
        slack_signing_secret=SecretStr("made-up-signing-secret"),
        **said,
    )
