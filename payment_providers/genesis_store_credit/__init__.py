"""Store credit and purchases on account: what a customer has and owes, each under a guard."""
