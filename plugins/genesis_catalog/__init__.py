"""The catalogue: what the shop sells, its codes, categories, units and prices."""
