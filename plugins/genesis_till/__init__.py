"""Till control: shifts with counted floats, cash in and out, blind counts, X and Z reports."""
