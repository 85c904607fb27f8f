"""Cameras as bar code scanners."""
