"""Staff and loyalty tags at an NFC reader."""
