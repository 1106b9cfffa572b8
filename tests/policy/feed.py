"""A policy with a feed."""

from tests.attacks import SIMPLE

FEED = f"""{SIMPLE}
[channels]
feed = "C0SECURITY"
"""
