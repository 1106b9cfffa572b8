"""Read, check, hand on and trim the record, from the command line."""
