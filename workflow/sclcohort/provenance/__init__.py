"""Account for every file and every sample of a run."""
