"""Printers of the system, by way of CUPS: receipts go there as PDF."""
