"""Customers: who they are, by card or phone at the till, encrypted for each of them, and gone when they ask."""
