"""Receipt printers that speak ESC/POS over the network."""
