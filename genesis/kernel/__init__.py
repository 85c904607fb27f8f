"""The kernel: carts, money, payments and facts. It knows no products, customers, stock or taxes."""
