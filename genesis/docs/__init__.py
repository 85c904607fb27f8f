"""The manual: pages a person reads, and reference pages written from the code."""
