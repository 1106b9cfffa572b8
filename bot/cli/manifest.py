import sys

from bot.cli.exit_codes import ExitCode
from bot.commands.registry import Registry, discover
from bot.settings import SettingsError, load_command_settings
from bot.slack.manifest import BadUrlError, manifest


def print_manifest(url: str) -> int:
    """Print the app's manifest, for Socket Mode without an address; give the exit code."""
    try:
        command = load_command_settings().slash_command
        written = manifest(Registry(discover(), command), url or None)
    except (SettingsError, BadUrlError) as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.USAGE
    sys.stdout.write(written)
    return ExitCode.DONE
