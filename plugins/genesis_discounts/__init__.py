"""Discounts that a person gives: a percentage or an amount, on a line or the cart, within limits."""
