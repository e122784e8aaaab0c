"""Real servers, and how each of them is started."""
