"""Databases: SQLite files by default, PostgreSQL schemas by setting; the same statements on both."""
