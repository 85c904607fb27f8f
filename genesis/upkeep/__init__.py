"""Looking after a store: proving what must be true, backing it up and bringing it back."""
