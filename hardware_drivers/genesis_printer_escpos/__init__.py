"""Receipt printers that speak ESC/POS, at the network, USB or a serial port."""
