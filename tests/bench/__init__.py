"""`make bench`: each row of the requirements' section P as a ratio against a limit of the same run."""
