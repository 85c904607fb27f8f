"""The contract between the kernel and its plugins: one file an area, specs and values only."""
