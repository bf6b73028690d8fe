"""Evenings: bedtime rules in local wall time, what is due when, and that it arrives once."""

from bot.reminders.firing import next_firing

__all__ = ["next_firing"]
