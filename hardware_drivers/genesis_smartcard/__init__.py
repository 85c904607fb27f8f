"""Staff and loyalty cards at a PC/SC reader."""
