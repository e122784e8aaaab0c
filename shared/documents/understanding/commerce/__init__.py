"""Invoices, receipts and bank statements: what they say, whatever they look like."""

from shared.documents.understanding.commerce.extraction import extract, required

__all__ = ["extract", "required"]
