class ImpossibleInSlackError(Exception):
    """Something that Slack's clients would not let this person do."""
