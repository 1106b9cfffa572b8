"""The slash command's subcommands, one module each; what they share stands beside them.

A module with a ``SUBCOMMAND`` is a subcommand: writing one file adds one.
"""
