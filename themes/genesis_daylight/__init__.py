"""Daylight: the house look, by day and by night."""
