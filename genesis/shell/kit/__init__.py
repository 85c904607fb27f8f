"""The widget kit: Canvas drawings from theme tokens, and real ttk widgets where people type."""
