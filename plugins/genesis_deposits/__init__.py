"""Charges the deposit of bottles, cans and crates with the goods, and gives it back with them."""
