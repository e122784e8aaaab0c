"""Long work that a caller can watch and stop: the table operations."""
