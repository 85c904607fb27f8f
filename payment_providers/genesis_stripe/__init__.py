"""Stripe Terminal, driven by the server: sale, capture, void and refund, each asked for under one key."""
