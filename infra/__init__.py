"""What must exist before the process starts."""
