"""The HTTP API: one function for each area, its routes, and how callers are known."""
