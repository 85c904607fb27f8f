"""High contrast: black, white and yellow, for tired or weak eyes and for glaring light."""
