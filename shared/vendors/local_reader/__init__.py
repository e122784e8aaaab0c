"""Reads PDFs and pictures on this machine, in a process of its own that hostile bytes may kill.

``reader`` is the host's side, ``worker`` the other; only the worker's modules import the parsers.
"""

from shared.vendors.local_reader.limits import Limits
from shared.vendors.local_reader.reader import LocalReader

__all__ = ["Limits", "LocalReader"]
