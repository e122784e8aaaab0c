"""Sends files to a running product as any client would, and tells what became of them."""
