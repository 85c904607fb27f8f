"""Mails receipts and the figures of the day: what is to be mailed is in the journal, and sent until it went."""
