"""Where on the server things are."""

HOST = "127.0.0.1"
API = "/api/v10"
"""The root of Discord's REST routes."""

CONTROL = "/__control__"
"""The root of the control calls."""
