"""Opens the cash drawer that hangs on the receipt printer."""
