"""Counting what is there, by several people at once, while the shop sells."""
