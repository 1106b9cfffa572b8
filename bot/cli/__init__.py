"""The command line: what operators and newcomers type."""

from bot.cli.app import main

__all__ = ["main"]
