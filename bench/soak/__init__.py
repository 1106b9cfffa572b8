"""A minute of mixed commands with faults on both sides, and then as many a second as it takes."""
