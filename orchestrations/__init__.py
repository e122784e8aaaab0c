"""What takes time: Durable stories and their steps."""
