from bot.cli.refusals import refuse
from bot.cli.terminal import printed
from bot.commands.registry import Registry, discover
from bot.settings import SettingsError, load_command_settings
from bot.slack.manifest import BadUrlError, manifest


def print_manifest(url: str) -> int:
    """Print the app's manifest, for Socket Mode without an address; give the exit code."""
    try:
        command = load_command_settings().slash_command
        written = manifest(Registry(discover(), command), url or None)
    except (SettingsError, BadUrlError) as error:
        return refuse(str(error))
    return printed(written)
