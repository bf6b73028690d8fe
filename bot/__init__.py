"""Hush: an ASMR self-care companion for Discord."""

__version__ = "0.1.0"
