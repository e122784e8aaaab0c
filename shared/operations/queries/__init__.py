"""Every SQL statement operations run."""
