"""Files a client sends: taken in, read, understood, checked, reviewed and kept.

Owns documents and what hangs on them; announces document.* and review.* events.
"""
