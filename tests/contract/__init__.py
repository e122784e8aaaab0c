"""Holds the API to its own description, with requests that a machine makes up."""
