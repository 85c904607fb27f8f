"""Stock: every movement from facts, what is on hand and what it cost, and sales that never take what is not there."""
