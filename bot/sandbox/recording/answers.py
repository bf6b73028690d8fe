"""What a request comes to: an outcome with the change it makes, or one of Discord's errors.

Errors carry the codes and texts of Discord's "Opcodes and Status Codes" page.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What carrying a request out means.

    change: the name of the world's change, None if nothing changes. facts: the log fields that describe it.
    payload: contents that are kept in memory (and logged only when asked). answer: makes the JSON body once
    the change has been made; None answers with an empty body.
    """

    status: int
    change: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] | None = None
    answer: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes on their way to the client."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    code: int | None = None


class ApiError(Exception):
    """A request that Discord refuses; nothing has changed."""

    def __init__(
        self, status: int, code: int, text: str, *, retry_after_s: float | None = None, scope: str = "user"
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.retry_after_s = retry_after_s
        self.scope = scope

    def reply(self, headers: Mapping[str, str] = NO_HEADERS) -> Reply:
        body: dict[str, Any] = {"message": self.text, "code": self.code}
        if self.retry_after_s is not None:
            body |= {"retry_after": round(self.retry_after_s, 3), "global": False}
            headers = {
                **headers,
                **retry_headers(self.retry_after_s),
                "X-RateLimit-Scope": self.scope,
            }
        return Reply(self.status, encode(body), headers=headers, code=self.code)


def encode(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def retry_headers(retry_after_s: float) -> dict[str, str]:
    """Return what every 429 of Discord's own has: without `Via`, clients take it for Cloudflare's."""
    return {"Retry-After": str(int(retry_after_s) + 1), "Via": "1.1 google"}


def html_ban(retry_after_s: float) -> Reply:
    """Return the page Cloudflare shows an address with too many invalid requests: HTML, no JSON, no `Via`."""
    page = (
        b"<!doctype html><html><head><title>Access denied</title></head><body>error code: 1015</body></html>"
    )
    return Reply(429, page, "text/html", {"Retry-After": str(int(retry_after_s) + 1), "Server": "cloudflare"})


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def unknown_route() -> ApiError:
    return ApiError(404, 0, "404: Not Found")


def unknown_channel() -> ApiError:
    return ApiError(404, 10003, "Unknown Channel")


def unknown_message() -> ApiError:
    return ApiError(404, 10008, "Unknown Message")


def unknown_webhook() -> ApiError:
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    return ApiError(404, 10062, "Unknown interaction")


def unknown_voice_state() -> ApiError:
    return ApiError(404, 10065, "Unknown Voice State")


def too_many_old_edits(retry_after_s: float) -> ApiError:
    text = "Maximum number of edits to messages older than 1 hour reached. Try again later"
    return ApiError(429, 30046, text, retry_after_s=retry_after_s)


def opening_dms_too_fast() -> ApiError:
    return ApiError(403, 40003, "You are opening direct messages too fast")


def already_acknowledged() -> ApiError:
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def not_the_author() -> ApiError:
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    return ApiError(400, 50006, "Cannot send an empty message")


def expired_token() -> ApiError:
    return ApiError(401, 50027, "Invalid Webhook Token")


def invalid_form(what: str) -> ApiError:
    return ApiError(400, 50035, f"Invalid Form Body: {what}")


def not_json() -> ApiError:
    return ApiError(400, 50109, "The request body contains invalid JSON.")
