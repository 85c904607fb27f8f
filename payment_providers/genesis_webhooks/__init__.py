"""Webhooks: what payment services tell unasked, verified by their plugin, recorded once, and a reason to ask them."""
