"""How fast the bot is: each figure beside what it is compared to, measured in the same run."""
