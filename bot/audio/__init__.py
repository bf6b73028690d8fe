"""The sound engine: an immutable plan in, 20 ms Opus packets out. No Discord, no database."""
