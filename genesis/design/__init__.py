"""The bridge from a Figma file to the screens of a theme, through Tkinter Designer."""
