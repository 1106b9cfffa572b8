"""What Slack sends: commands, clicks, forms, shortcuts and Home, each to what it stands for."""
