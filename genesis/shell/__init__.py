"""The Tkinter host: what cashiers and admins see."""
