"""A customer display of two lines on a serial port."""
