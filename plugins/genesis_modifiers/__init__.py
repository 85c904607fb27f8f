"""Asks at the till what goes with an item: milk, size of the portion, extras."""
