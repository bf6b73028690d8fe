"""The Discord edge."""
