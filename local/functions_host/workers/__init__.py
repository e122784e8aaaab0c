"""What runs the app's functions, once the host has decided that they run.

Azure calls it the worker. ``--engine`` chooses: ``direct`` is ours, ``microsoft`` is the
library of Azure's own Python worker. docs/decisions/0007-which-engine.md has the reasons.
"""
