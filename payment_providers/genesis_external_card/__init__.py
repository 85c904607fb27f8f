"""A stand-alone card terminal: the amount is keyed in there by hand, and its slip is noted on the sale."""
