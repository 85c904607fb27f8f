"""Sells kits: products that are made of others, as their parts or assembled beforehand."""
