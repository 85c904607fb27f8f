"""What plugin authors test with: stores that open in milliseconds, a clock to turn, a contract to keep."""
