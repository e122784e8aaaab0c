"""kill -9 of every part, one at a time, while documents are on their way."""
