"""What is true: the domain, the platform under it, the vendors beside it."""
