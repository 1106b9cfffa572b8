"""Stand-ins for InfluxDB and Slack that tests, the demo and the sandbox share."""
