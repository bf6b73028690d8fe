import pytest

from bot.core.errors import Refusal
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.sandbox.clock import SandboxClock


def test_a_used_up_allowance_says_when_and_comes_back():
    clock = SandboxClock(running=False)
    cooldowns = Cooldowns(clock)
    costly = next(iter(Costly))
    for _ in range(costly.value.times):
        cooldowns.spend(costly, 1)
    with pytest.raises(Refusal) as refused:
        cooldowns.spend(costly, 1)
    assert refused.value.values["again_at"] > clock.now()
    cooldowns.spend(costly, 2)
    clock.advance(costly.value.within_s)
    cooldowns.spend(costly, 1)


def test_memory_is_bounded():
    cooldowns = Cooldowns(SandboxClock(running=False), most_people=10)
    for user_id in range(100):
        cooldowns.spend(next(iter(Costly)), user_id)
    assert len(cooldowns) == 10
