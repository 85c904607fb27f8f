"""Thin views: they draw what a view-model says and send it commands."""
