"""What the bot is told about policy and instances, by its environment and by ``token-bot.toml``."""

from bot.configuration.in_force import PolicyInForce
from bot.configuration.loading import load_configuration
from bot.configuration.values import (
    DEFAULT_INSTANCE,
    Configuration,
    InstanceSettings,
    PolicyRules,
)

__all__ = [
    "DEFAULT_INSTANCE",
    "Configuration",
    "InstanceSettings",
    "PolicyInForce",
    "PolicyRules",
    "load_configuration",
]
