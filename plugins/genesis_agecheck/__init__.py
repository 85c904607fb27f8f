"""Asks for the customer's age before what the law keeps from the young is sold."""
