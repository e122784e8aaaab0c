"""Long work that somebody asked for, step by step."""
