"""Receipts: what is printed around the sale, and the forms it is printed in (text, PDF, ESC/POS)."""
