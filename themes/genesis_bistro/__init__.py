"""Bistro: warm and round, with a payment screen and a lock of its own."""
