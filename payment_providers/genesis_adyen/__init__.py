"""Adyen's card terminals, through the cloud or over the shop's network, and payments by link."""
