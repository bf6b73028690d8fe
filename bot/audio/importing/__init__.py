"""Bringing recordings in: an untrusted file goes to a process of its own, a bed at house level comes out."""
