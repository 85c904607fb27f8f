"""Prices for a time, and prices for a group of customers."""
