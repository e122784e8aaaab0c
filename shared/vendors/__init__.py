"""The outside world by role: one protocol, one adapter and one fake for each."""
