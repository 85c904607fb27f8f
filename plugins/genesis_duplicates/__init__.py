"""Finds products that are likely the same, and merges two into one."""
