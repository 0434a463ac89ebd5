"""What a check found, in one format each."""
