"""Whom the firm works for: the table clients."""
