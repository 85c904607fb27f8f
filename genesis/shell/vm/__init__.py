"""View-models: all logic of the screens, without a window (nothing here imports tkinter)."""
