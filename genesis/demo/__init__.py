"""The demo store for the first start: our own everyday products, prices, taxes and customers."""
