"""How strict this Discord is: windows, limits and what it writes down, as one frozen value.

Discord publishes few numbers. Where a default is published the docstring says so; elsewhere it names who
observed it. Every one can be set, at start or while running.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, PositiveInt


class Window(BaseModel):
    """At most `limit` requests in `seconds`, counted from the first of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: PositiveInt
    seconds: PositiveFloat


def _observed_route_limits() -> dict[str, Window]:
    return {
        "create_dm": Window(limit=10, seconds=10.0),
        "create_message": Window(limit=5, seconds=5.0),
        "edit_message": Window(limit=5, seconds=5.0),
        "delete_message": Window(limit=5, seconds=1.0),
        "create_followup": Window(limit=5, seconds=2.0),
        "edit_followup": Window(limit=5, seconds=2.0),
    }


class Behaviour(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    nonce_window_s: NonNegativeFloat = 180.0
    """How long a message answers to its nonce under `enforce_nonce`.

    Discord says "the past few minutes" and no more (Create Message, discord-api-docs#6647). Three is the
    least that "a few" can mean, so code that leans on a longer memory fails here first.
    """

    nonce_scope: Literal["channel", "author"] = "channel"
    """What a nonce is unique in. The documentation names only the author; `channel` reads it narrowly."""

    global_limit: Window | None = Window(limit=50, seconds=1.0)
    """Requests of one bot over all routes; published. Interaction endpoints are outside it; published too."""

    route_limits: Mapping[str, Window] = _observed_route_limits()
    """By route name; each counts separately per channel, server or webhook token. Observed, not published."""

    new_dms: Window | None = None
    """Direct messages opened with people not met before; more end with 40003. None: no such limit."""

    old_edits: Window | None = Window(limit=3, seconds=20.0)
    """Edits a channel of messages over an hour old; more end with 30046. Observed: starboard-4#118."""

    invalid_requests: Window | None = Window(limit=10_000, seconds=600.0)
    """Answers of 401, 403 and 429 before Cloudflare shuts the door; published."""

    keep_contents: bool = False
    """Write what messages say into the log. Otherwise it holds only a hash of it."""

    @classmethod
    def unlimited(cls) -> "Behaviour":
        """No rate limits at all: for measuring what stands in front of Discord."""
        return cls(global_limit=None, route_limits={}, old_edits=None, invalid_requests=None)
