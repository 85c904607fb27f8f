"""The back office's own pages, made of the same data as those of plugins."""
