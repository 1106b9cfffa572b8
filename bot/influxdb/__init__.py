"""The edge to InfluxDB v2: its authorizations over HTTP, without their secrets."""
