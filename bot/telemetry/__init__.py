"""Logs and metrics; neither holds a secret."""
