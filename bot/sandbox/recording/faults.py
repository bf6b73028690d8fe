"""What can go wrong, scripted: which requests a fault meets, how often, and what it does to them."""

import hashlib
import struct
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveInt

Effect = Literal["refuse", "html", "malformed", "lose", "slow", "crash"]
CREATE_DM = "create_dm"
CREATE_MESSAGE = "create_message"
EDIT_MESSAGE = "edit_message"


class Fault(BaseModel):
    """A fault for requests that match every given one of route, recipient, channel and message.

    effect: `refuse` answers with a JSON error, `html` with Cloudflare's page, `malformed` with half a JSON
    body; `lose` drops the connection instead of answering, `slow` answers `delay_s` later, `crash` kills the
    server as `kill -9` does. carried_out: whether the request does its work first. times: how often, None
    for ever. probability: of each matching request, drawn from `seed` and the request's number in the log.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    effect: Effect
    route: str | None = None
    recipient: int | None = None
    channel: int | None = None
    message: int | None = None
    times: PositiveInt | None = None
    probability: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    status: Annotated[int, Field(ge=400, le=599)] = 500
    code: int = 0
    text: str = ""
    retry_after_s: NonNegativeFloat | None = None
    delay_s: NonNegativeFloat = 0.0
    carried_out: bool = False


def cannot_send(recipient: int, *, times: int | None = None) -> Fault:
    """Return the closed door of a person who takes no direct messages: 50007."""
    return Fault(
        effect="refuse", route=CREATE_MESSAGE, recipient=recipient, times=times,
        status=403, code=50007, text="Cannot send messages to this user",
    )  # fmt: skip


def opening_too_fast(recipient: int | None = None, *, times: int | None = 1) -> Fault:
    """Return 40003 for opening a direct message."""
    return Fault(
        effect="refuse", route=CREATE_DM, recipient=recipient, times=times,
        status=403, code=40003, text="You are opening direct messages too fast",
    )  # fmt: skip


def server_error(
    status: int = 500,
    *,
    route: str | None = None,
    recipient: int | None = None,
    times: int | None = 1,
    probability: float = 1.0,
    seed: int = 0,
    carried_out: bool = False,
) -> Fault:
    """Return a 5xx. With `carried_out` the message is there nevertheless."""
    return Fault(
        effect="refuse", route=route, recipient=recipient, times=times, probability=probability, seed=seed,
        status=status, text=f"{status}: Server Error", carried_out=carried_out,
    )  # fmt: skip


def lost_response(
    *,
    route: str | None = CREATE_MESSAGE,
    recipient: int | None = None,
    times: int | None = 1,
    probability: float = 1.0,
    seed: int = 0,
    carried_out: bool = True,
) -> Fault:
    """Return a dropped connection. Without `carried_out` it was the request that got lost."""
    return Fault(
        effect="lose", route=route, recipient=recipient, times=times, probability=probability, seed=seed,
        carried_out=carried_out,
    )  # fmt: skip


def slow_response(
    delay_s: float,
    *,
    route: str | None = CREATE_MESSAGE,
    recipient: int | None = None,
    times: int | None = 1,
    probability: float = 1.0,
    seed: int = 0,
) -> Fault:
    """Return a request that is carried out at once and answered after `delay_s`."""
    return Fault(
        effect="slow", route=route, recipient=recipient, times=times, probability=probability, seed=seed,
        delay_s=delay_s, carried_out=True,
    )  # fmt: skip


def malformed_json(*, route: str | None = CREATE_MESSAGE, times: int | None = 1) -> Fault:
    """Return half a JSON body for a request that was carried out."""
    return Fault(effect="malformed", route=route, times=times, carried_out=True)


def invalid_token(*, times: int | None = None) -> Fault:
    """Return 401 for everything: the token was reset."""
    return Fault(effect="refuse", times=times, status=401, text="401: Unauthorized")


def missing_access(channel: int, *, times: int | None = None) -> Fault:
    return Fault(effect="refuse", channel=channel, times=times, status=403, code=50001, text="Missing Access")


def unknown_channel(channel: int, *, times: int | None = None) -> Fault:
    return Fault(
        effect="refuse", channel=channel, times=times, status=404, code=10003, text="Unknown Channel"
    )


def unknown_message(message: int, *, times: int | None = None) -> Fault:
    return Fault(
        effect="refuse", message=message, times=times, status=404, code=10008, text="Unknown Message"
    )


def old_message(message: int | None = None, *, retry_after_s: float, times: int | None = 1) -> Fault:
    """Return 30046, the refusal to edit a message over an hour old once more."""
    return Fault(
        effect="refuse", route=EDIT_MESSAGE, message=message, times=times, status=429, code=30046,
        retry_after_s=retry_after_s,
        text="Maximum number of edits to messages older than 1 hour reached. Try again later",
    )  # fmt: skip


def cloudflare_ban(*, retry_after_s: float = 600.0, times: int | None = None) -> Fault:
    """Return Cloudflare's HTML 429, which knows neither JSON nor `Via`."""
    return Fault(effect="html", retry_after_s=retry_after_s, times=times)


def crash(*, route: str | None = CREATE_MESSAGE, carried_out: bool = True) -> Fault:
    """Return the death of the server, before or after the request did its work; never answered."""
    return Fault(effect="crash", route=route, times=1, carried_out=carried_out)


@dataclass(slots=True)
class Scripted:
    """A fault and how often it may still strike."""

    fault: Fault
    times_left: int | None


class FaultBook:
    """The faults in force, by the number of the log line that scripted them."""

    def __init__(self) -> None:
        self.scripted: dict[int, Scripted] = {}

    def add(self, fault_id: int, fault: Fault) -> None:
        self.scripted[fault_id] = Scripted(fault, fault.times)

    def lift(self, fault_id: int | None) -> None:
        """Lift one fault, or all."""
        if fault_id is None:
            self.scripted.clear()
        else:
            self.scripted.pop(fault_id, None)

    def match(
        self, route: str, recipient: int | None, channel: int | None, message: int | None, seq: int
    ) -> tuple[int, Fault] | None:
        """Return the oldest fault that meets this request; it counts only once `used` is called."""
        for fault_id, scripted in self.scripted.items():
            fault = scripted.fault
            if (
                fault.route in (None, route)
                and fault.recipient in (None, recipient)
                and fault.channel in (None, channel)
                and fault.message in (None, message)
                and (fault.probability == 1.0 or _draw(fault.seed, seq) < fault.probability)
            ):
                return fault_id, fault
        return None

    def used(self, fault_id: int) -> None:
        scripted = self.scripted.get(fault_id)
        if scripted is None or scripted.times_left is None:
            return
        scripted.times_left -= 1
        if scripted.times_left == 0:
            del self.scripted[fault_id]


def _draw(seed: int, seq: int) -> float:
    """Return a uniform number in [0, 1) that a restarted server would draw again."""
    digest = hashlib.blake2b(struct.pack(">QQ", seed, seq), digest_size=8).digest()
    return float(int.from_bytes(digest, "big") / 2**64)
