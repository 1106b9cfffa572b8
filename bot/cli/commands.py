from bot.cli.terminal import printed
from bot.commands.registry import Registry, discover


def commands() -> int:
    """Print the table of subcommands that the README holds; give the exit code."""
    return printed(table(Registry(discover(), "/token")))


def table(registry: Registry) -> str:
    """Give the subcommands as a Markdown table."""
    lines = ["| Command | Role | What it does |", "|---|---|---|"]
    for subcommand in registry.subcommands:
        usage = subcommand.usage.replace("|", "\\|")
        aliases = ", ".join(f"`{alias}`" for alias in subcommand.aliases)
        also = f" Also: {aliases}." if aliases else ""
        lines.append(
            f"| `{registry.command} {usage}` | {subcommand.role.title} | "
            f"{subcommand.summary}{also} |"
        )
    return "\n".join(lines)
