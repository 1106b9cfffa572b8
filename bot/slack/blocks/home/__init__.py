"""Home, as Slack is given it, part by part."""
