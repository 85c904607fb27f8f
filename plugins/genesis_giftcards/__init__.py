"""Gift cards: sold and topped up at the till, spent by a guard, so that no card is ever spent twice."""
