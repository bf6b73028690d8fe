"""Self-care: what to do now, and being guided through it."""
