"""Rules that need no server."""

from discord.http import Route
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.recording import faults
from bot.sandbox.recording.behaviour import Window
from bot.sandbox.recording.faults import FaultBook
from bot.sandbox.recording.limits import Bucket
from bot.sandbox.recording.redirect import redirected


@given(
    st.integers(1, 5),
    st.floats(0.1, 10.0),
    st.lists(st.floats(0.0, 3.0), max_size=60),
)
def test_a_bucket_never_lets_more_through_than_its_window_holds(
    limit: int, seconds: float, gaps_s: list[float]
) -> None:
    bucket = Bucket(Window(limit=limit, seconds=seconds))
    now_s, taken_s = 100.0, []
    for gap_s in gaps_s:
        now_s += gap_s
        is_refused = not bucket.take(now_s)
        assert is_refused <= (bucket.reset_after_s(now_s) > 0.0)
        if not is_refused:
            taken_s.append(now_s)
    # A fixed window: at most one full window on either side of a reset.
    for index, start_s in enumerate(taken_s):
        assert sum(at_s < start_s + seconds for at_s in taken_s[index:]) <= 2 * limit - 1 or limit == 0


def test_a_seeded_probability_strikes_the_same_requests_every_time() -> None:
    def struck(seed: int) -> list[int]:
        book = FaultBook()
        book.add(1, faults.server_error(times=None, probability=0.2, seed=seed))
        return [seq for seq in range(2000) if book.match("create_message", None, None, None, seq)]

    assert struck(7) == struck(7) != struck(8)
    assert 320 < len(struck(7)) < 480


def test_the_redirection_ends_with_its_block() -> None:
    before = Route.BASE
    with redirected("http://127.0.0.1:9/api/v10"):
        assert Route("GET", "/users/@me").url == "http://127.0.0.1:9/api/v10/users/@me"
    assert before == Route.BASE == "https://discord.com/api/v10"
