"""What is wrong with the setup, and what to do about it; nothing is changed anywhere.

What is asked of Slack, InfluxDB and the database comes in as facts; findings are made of facts by
functions that ask nothing.
"""
