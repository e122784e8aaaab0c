"""Durable Functions on one machine: an engine for the decorated functions of an unmodified app.

It owns one SQLite file, speaks the SDK's wire format (docs: azure-functions-durable 1.7) and
serves the management API that the SDK's client calls. Its rules were read from the source of
Microsoft's extension and never compared with a running one. Not there: rewind, entity locks,
polling in call_http, recursive terminate, long timers in pieces.
"""
