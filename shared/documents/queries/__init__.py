"""Every SQL statement documents runs, by subject."""
