"""Words addressed to Hush: what they ask for, and whether it is said again. Nothing of them is kept."""

import logging
from collections import OrderedDict, deque
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, Protocol

from bot.core.clock import Clock
from bot.privacy.ports import Held
from bot.support.decisions import Decisions
from bot.support.languages import OTHER
from bot.support.levels import Level, Surface

_log = logging.getLogger(__name__)

LINE_AGAIN_S: Final = 12 * 3600.0
"""The line for level none, and the soft offer: once in so long."""
CARD_AGAIN_S: Final = 3600.0
REMINDER_AGAIN_S: Final = 600.0
CHANNEL_AGAIN_S: Final = 120.0
"""One person in one channel, whatever they say: who watches can tell nothing from it."""
CHANNEL_MOST: Final = 5
"""Lines a channel gets in a minute, whoever asks."""
_CHANNELS_KEPT: Final = 5_000


class Reader(Protocol):
    """Decides on a level; `bot.support.triage.Triage` is one."""

    def level(self, text: str, surface: Surface) -> Level: ...

    def language(self, text: str) -> str: ...


class Answer(Enum):
    """What a direct message is answered with."""

    NOTHING = auto()
    LINE = auto()
    """Where help and support are."""
    OFFER = auto()
    """The soft offer."""
    REMINDER = auto()
    """That people can help, and the button; nothing to play with."""
    CARD = auto()


class Hearing:
    """Belongs to the event loop."""

    def __init__(self, reader: Reader, decisions: Decisions, clock: Clock) -> None:
        self._reader = reader
        self.decisions = decisions
        self._clock = clock
        self._channels: OrderedDict[int, deque[float]] = OrderedDict()

    def hear(self, user_id: int, text: str, surface: Surface) -> Level:
        """Return the level of somebody's words, and let their next press open it. Never raises."""
        try:
            level = self._reader.level(text, surface)
        except Exception as error:  # noqa: BLE001 - an answer with the support button is better than none
            _log.error("words could not be read: %s", type(error).__name__)
            level = Level.NONE
        self.decisions.decide(user_id, level)
        return level

    def language_of(self, text: str) -> str:
        """Return the language of somebody's words, or `other`. Never raises."""
        try:
            return self._reader.language(text)
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("a language could not be told: %s", type(error).__name__)
            return OTHER

    def answer_to(self, user_id: int, level: Level, *, quiet: bool = False) -> Answer:
        """Return how to answer a direct message of this level, and count it as answered.

        quiet: they want no unasked offers; only a crisis still brings the card.
        """
        if level is Level.CRISIS or (level is Level.HIGH_DISTRESS and not quiet):
            return self._card(user_id, level)
        if level is Level.HIGH_DISTRESS or (level is Level.LOW_DISTRESS and self.decisions.is_held(user_id)):
            return self._once(user_id, Answer.REMINDER, level, REMINDER_AGAIN_S)
        if self.decisions.is_held(user_id):
            return self._once(user_id, Answer.REMINDER, level, LINE_AGAIN_S)
        if level is Level.LOW_DISTRESS and not quiet:
            return self._once(user_id, Answer.OFFER, level, LINE_AGAIN_S)
        return self._once(user_id, Answer.LINE, Level.NONE, LINE_AGAIN_S)

    def may_answer_in(self, channel_id: int, user_id: int) -> bool:
        """Whether a mention in a channel gets its line now, and count it. Knows nothing of what was said."""
        now_s = self._clock.monotonic()
        lines = self._channels.setdefault(channel_id, deque(maxlen=CHANNEL_MOST))
        self._channels.move_to_end(channel_id)
        while len(self._channels) > _CHANNELS_KEPT:
            self._channels.popitem(last=False)
        answered = self.decisions.of(user_id).answered
        _, last_s = answered.get(f"channel {channel_id}", (Level.NONE, now_s - CHANNEL_AGAIN_S))
        is_full = len(lines) == CHANNEL_MOST and now_s - lines[0] < 60.0
        if is_full or now_s - last_s < CHANNEL_AGAIN_S:
            return False
        lines.append(now_s)
        self.decisions.of(user_id).answered = answered = {
            kind: (level, at)
            for kind, (level, at) in answered.items()
            if not kind.startswith("channel") or now_s - at < CHANNEL_AGAIN_S
        }
        answered[f"channel {channel_id}"] = (Level.NONE, now_s)
        return True

    async def held(self, _user_id: int) -> Sequence[Held]:
        """Return nothing: there are no names in it. With `forget` this is `bot.privacy.ports.Holder`."""
        return ()

    async def forget(self, user_id: int) -> None:
        self.decisions.forget(user_id)

    def _card(self, user_id: int, level: Level) -> Answer:
        answer = self._once(user_id, Answer.CARD, level, CARD_AGAIN_S)
        if answer is Answer.NOTHING:
            return self._once(user_id, Answer.REMINDER, level, REMINDER_AGAIN_S)
        # The card is the first reminder.
        self.decisions.of(user_id).answered[Answer.REMINDER.name] = (level, self._clock.monotonic())
        return answer

    def _once(self, user_id: int, answer: Answer, level: Level, again_s: float) -> Answer:
        """Return the answer, or NOTHING while it was given lately to a level as high."""
        now_s, answered = self._clock.monotonic(), self.decisions.of(user_id).answered
        last = answered.get(answer.name)
        if last is not None and level <= last[0] and now_s - last[1] < again_s:
            return Answer.NOTHING
        answered[answer.name] = (level, now_s)
        return answer
