"""Every SQL statement compliance runs."""
