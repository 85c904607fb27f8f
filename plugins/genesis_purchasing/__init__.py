"""Purchasing: who sells us what, what we ordered, what came of it and what it cost, and what to order next."""
