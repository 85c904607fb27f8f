"""The console register: the same engine with no display; also reads scans from a pipe."""
