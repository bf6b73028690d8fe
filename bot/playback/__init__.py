"""Sessions: what should sound where."""
