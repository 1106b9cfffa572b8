"""The heart: the life of a change, the policy that judges it and the evidence of it.

Knows no Slack, HTTP, SQL or web library; it reaches them through the ports in ``ports``.
"""
