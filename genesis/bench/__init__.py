"""`genesis bench`: figures as ratios to limits that are measured in the same run."""
