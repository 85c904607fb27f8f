"""Slows down who tries passwords."""
