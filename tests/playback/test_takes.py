"""The queue of files to take along: one at a time, one a person, bounded, ended when its person says so."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.audio.library import Library
from bot.audio.mix import Layer, Mix
from bot.audio.taking.order import Form, Order
from bot.audio.taking.taker import TakeError
from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.playback.blend import Blocks
from bot.playback.takes import MOST, Outcome, Takes, Wanted
from tests.playback.memory import MemoryTastes

RAIN = Mix((Layer("rain"), Layer("waves")))
TEN_MIB = 10 * 1024 * 1024


class Oven:
    """A renderer that finishes when told to."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.finish = asyncio.Semaphore(0)
        self.n_at_once = self.most_at_once = 0
        self.fails = False

    async def render(self, order: Order, told: Callable[[float], None]) -> bytes:
        self.orders.append(order)
        self.n_at_once += 1
        self.most_at_once = max(self.most_at_once, self.n_at_once)
        try:
            told(0.5)
            await self.finish.acquire()
            if self.fails:
                raise TakeError("broken")
            return b"file"
        finally:
            self.n_at_once -= 1


class Kitchen:
    def __init__(self) -> None:
        self.oven, self.tasks, self.blocks = Oven(), Tasks(), Blocks(MemoryTastes())
        self.takes = Takes(self.oven.render, Library.load(), self.blocks, self.tasks, random.Random(1))

    async def ask(self, person: int, mix: Mix = RAIN, minutes: int | None = 5, form: Form = Form.OGG):
        return await self.takes.begin(person, Wanted(mix, "Rain", form, minutes, TEN_MIB))


async def test_they_are_made_one_at_a_time_in_order_of_coming() -> None:
    kitchen = Kitchen()
    takes = [await kitchen.ask(person) for person in (1, 2, 3)]
    assert [kitchen.takes.n_before(take) for take in takes] == [0, 1, 2]
    for made, take in enumerate(takes, 1):
        kitchen.oven.finish.release()
        await take.over.wait()
        assert (take.outcome, take.file) == (Outcome.MADE, b"file")
        assert [kitchen.takes.n_before(left) for left in takes[made:]] == list(range(3 - made))
    assert kitchen.oven.most_at_once == 1
    assert len({order.seed for order in kitchen.oven.orders}) == 3, "each has a night of its own"


async def test_a_person_has_one_and_the_queue_is_short() -> None:
    kitchen = Kitchen()
    for person in range(MOST):
        await kitchen.ask(person)
    with pytest.raises(Refusal, match=r"take\.refused\.one"):
        await kitchen.ask(0)
    with pytest.raises(Refusal, match=r"take\.refused\.busy"):
        await kitchen.ask(MOST)
    await kitchen.tasks.close()


async def test_one_that_waits_and_one_that_is_made_can_be_cancelled() -> None:
    kitchen = Kitchen()
    first, second, third = [await kitchen.ask(person) for person in (1, 2, 3)]
    await asyncio.sleep(0)
    assert kitchen.takes.cancel(2)
    await second.over.wait()
    assert kitchen.takes.cancel(1)
    await first.over.wait()
    assert (first.outcome, second.outcome) == (Outcome.CANCELLED, Outcome.CANCELLED)
    assert not kitchen.takes.cancel(1)
    kitchen.oven.finish.release()
    await third.over.wait()
    assert third.outcome is Outcome.MADE
    again = await kitchen.ask(1)
    await kitchen.takes.forget(1)
    await again.over.wait()
    assert again.file is None


async def test_a_failure_is_told_and_the_next_is_made() -> None:
    kitchen = Kitchen()
    first, second = [await kitchen.ask(person) for person in (1, 2)]
    kitchen.oven.fails = True
    kitchen.oven.finish.release()
    await first.over.wait()
    assert (first.outcome, first.file) == (Outcome.FAILED, None)
    kitchen.oven.fails = False
    kitchen.oven.finish.release()
    await second.over.wait()
    assert second.outcome is Outcome.MADE


async def test_what_its_person_blocked_is_left_out() -> None:
    kitchen = Kitchen()
    await kitchen.blocks.block(1, "waves")
    take = await kitchen.ask(1)
    assert [layer.trigger for layer in take.order.mix.layers] == ["rain"]
    await kitchen.blocks.block(2, "rain")
    await kitchen.blocks.block(2, "waves")
    with pytest.raises(Refusal, match=r"take\.refused\.blocked"):
        await kitchen.ask(2)
    await kitchen.tasks.close()


async def test_how_much_fits_is_said() -> None:
    kitchen = Kitchen()
    for form in Form:
        with pytest.raises(Refusal, match=r"take\.refused\.long") as no:
            await kitchen.ask(1, minutes=45, form=form)
        assert no.value.values == {"ogg": timedelta(minutes=27), "m4a": timedelta(minutes=20)}
    assert (await kitchen.ask(1, minutes=None)).length == timedelta(minutes=20)
    await kitchen.tasks.close()


async def test_going_down_ends_them_and_leaves_a_moment_to_say_so() -> None:
    kitchen = Kitchen()
    take = await kitchen.ask(1)
    closing = asyncio.create_task(kitchen.takes.close())
    await take.over.wait()
    assert take.outcome is Outcome.CLOSING
    assert not closing.done()
    take.told.set()
    await closing
