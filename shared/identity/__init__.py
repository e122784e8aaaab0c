"""Who may come in, and for which firm: organizations and their keys, users, memberships."""
