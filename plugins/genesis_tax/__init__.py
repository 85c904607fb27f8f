"""Taxes of a sale, computed exactly and explained figure by figure."""
