"""Every SQL statement clients runs."""
