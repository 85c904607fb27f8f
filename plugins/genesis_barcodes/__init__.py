"""Reads what a scanner or a hand types: EAN and UPC, GS1 element strings, labels of scales, in-house codes."""
