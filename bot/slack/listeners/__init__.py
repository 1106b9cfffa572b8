"""What Slack sends: commands and clicks, each to the subcommand that it stands for."""
