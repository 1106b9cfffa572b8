"""Into which seconds what is measured falls, where several are compared."""

OF_AN_ACK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Slack waits for 3 seconds; what an InfluxDB takes is seen beside what an ack takes."""
