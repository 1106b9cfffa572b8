"""API tokens as InfluxDB gives them; none of these is, or was, anybody's."""

# None of these is, or was, anybody's.
MINTED = "vfzeC0B2mNwW9e1xIMv-6XW-_4nlGj8IDWHFS9hQ2c7QbYxZ0Tg3uKq5rJp8aLsD1fHkE7tRyUiOwPzXcVbNm4=="
DASHED = "-" + MINTED[1:]
