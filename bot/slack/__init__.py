"""The Slack edge: requests come in, messages go out."""
