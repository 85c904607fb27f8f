"""Batches: which of the goods go first, which may not be sold, where each came from and where it went."""
