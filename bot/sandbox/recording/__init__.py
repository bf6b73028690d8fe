"""A Discord that records: REST v10 in a process of its own, for delivery tests and benchmarks.

discord.py's real HTTP client talks to it (`redirect`). It keeps Discord's promises (nonces, rate limits,
error codes), breaks them when told to (`faults`), and writes every request into an append-only log that
outlives it and its clients (`log`). No gateway: nothing is ever pushed. Tests and benchmarks start at
`process.RecordingDiscord`; nothing is imported here, for the server's process has no use for discord.py.
"""
