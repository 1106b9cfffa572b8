"""What the bot is compared to: the least that does the same, each a program of its own."""
