"""A Slack app with which people on call manage InfluxDB v2 API tokens."""
