"""What a firm must be able to show: audit entries and their seals, security events."""
