"""The check of the record, in one file that needs Python's standard library and nothing else."""
