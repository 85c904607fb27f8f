"""Cash: tender, change, and rounding to the coins that the country still has."""
