"""What starts when a blob arrives."""
