"""Home: InfluxDB's "API Tokens" page inside Slack."""
