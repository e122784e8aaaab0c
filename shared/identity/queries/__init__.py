"""Every SQL statement identity runs, by subject."""
