"""Serial numbers: which piece is here, which was sold to whom, and that none is sold twice."""
