"""Rate limits as Discord's: a bucket per route and top-level resource, one global window, Cloudflare's door.

Kept in memory only: a Discord that restarts has forgotten them.
"""

import hashlib
import math
from collections.abc import Hashable, Mapping
from functools import cache

from bot.sandbox.recording.answers import NO_HEADERS, Reply, encode, html_ban, retry_headers
from bot.sandbox.recording.behaviour import Behaviour, Window

_INVALID = frozenset({401, 403, 429})


class Bucket:
    """A fixed window that opens with its first request. Times are seconds of one monotonic clock."""

    __slots__ = ("_resets_at_s", "_used", "_window")

    def __init__(self, window: Window) -> None:
        self._window = window
        self._used = 0
        self._resets_at_s = 0.0

    def take(self, now_s: float) -> bool:
        """Count a request; False when the window is already full."""
        if now_s >= self._resets_at_s:
            self._used = 0
            self._resets_at_s = now_s + self._window.seconds
        if self._used >= self._window.limit:
            return False
        self._used += 1
        return True

    def is_full(self, now_s: float) -> bool:
        return now_s < self._resets_at_s and self._used >= self._window.limit

    def reset_after_s(self, now_s: float) -> float:
        return max(0.0, self._resets_at_s - now_s)

    def headers(self, name: str, now_s: float, epoch_s: float) -> dict[str, str]:
        after_s = _ceil_ms(self.reset_after_s(now_s))
        return {
            "X-RateLimit-Limit": str(self._window.limit),
            "X-RateLimit-Remaining": str(self._window.limit - self._used),
            "X-RateLimit-Reset": f"{epoch_s + after_s:.3f}",
            "X-RateLimit-Reset-After": f"{after_s:.3f}",
            "X-RateLimit-Bucket": _bucket_hash(name),
        }


class RateLimits:
    """Every bucket of one Discord."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._buckets: dict[Hashable, Bucket] = {}
        self._door = None if behaviour.invalid_requests is None else Bucket(behaviour.invalid_requests)

    def shut_door(self, now_s: float) -> Reply | None:
        """Return Cloudflare's page while there were too many invalid requests."""
        if self._door is None or not self._door.is_full(now_s):
            return None
        return html_ban(self._door.reset_after_s(now_s))

    def count_answer(self, reply: Reply, now_s: float) -> None:
        is_invalid = reply.status in _INVALID and reply.headers.get("X-RateLimit-Scope") != "shared"
        if is_invalid and self._door is not None:
            self._door.take(now_s)

    def over_global(self, bot: int | None, now_s: float) -> Reply | None:
        """Count a request against the bot's global limit; return the 429 when it is over."""
        window = self._behaviour.global_limit
        if window is None:
            return None
        bucket = self._bucket(("", bot), window)
        if bucket.take(now_s):
            return None
        headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        return _too_many(bucket.reset_after_s(now_s), headers, is_global=True)

    def over_route(
        self, route: str, resource: Hashable, *, now_s: float, epoch_s: float
    ) -> tuple[Mapping[str, str], Reply | None]:
        """Count a request against its route's bucket; return the headers, and the 429 when it is over."""
        window = self._behaviour.route_limits.get(route)
        if window is None:
            return NO_HEADERS, None
        bucket = self._bucket((route, resource), window)
        taken = bucket.take(now_s)
        headers = bucket.headers(route, now_s, epoch_s)
        if taken:
            return headers, None
        return headers, _too_many(bucket.reset_after_s(now_s), {**headers, "X-RateLimit-Scope": "user"})

    def over(self, kind: str, resource: Hashable, window: Window | None, now_s: float) -> float | None:
        """Count against a limit that is no route's; return the seconds to wait when it is over."""
        if window is None:
            return None
        bucket = self._bucket((kind, resource), window)
        return None if bucket.take(now_s) else bucket.reset_after_s(now_s)

    def _bucket(self, key: Hashable, window: Window) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(window)
        return bucket


def _too_many(retry_after_s: float, headers: Mapping[str, str], *, is_global: bool = False) -> Reply:
    retry_after_s = _ceil_ms(retry_after_s)
    body = {"message": "You are being rate limited.", "retry_after": retry_after_s, "global": is_global}
    return Reply(429, encode(body), headers={**headers, **retry_headers(retry_after_s)})


def _ceil_ms(seconds: float) -> float:
    """Round up: a client that waits exactly this long must find the window open."""
    return math.ceil(seconds * 1000) / 1000


@cache
def _bucket_hash(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
