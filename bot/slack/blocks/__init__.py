"""Every message that people see in Slack, as pure functions of what it tells."""
