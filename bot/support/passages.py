"""A long text in parts, so that one sentence in a long letter is not drowned."""

from collections.abc import Iterator

SHORT = 280
"""Letters up to which a text is read only as a whole."""
WHOLE = 2_000
"""Letters up to which it is read as a whole too."""
PART = 200
"""Letters after which a part ends with its sentence."""
MOST_PARTS = 24
"""Of a text longer than anything Discord carries the parts are longer instead."""
_STOPS = frozenset(".?!…")


def passages(text: str) -> Iterator[str]:
    """Yield the normalised text, and if it is long its parts, which end with a sentence if they can."""
    if len(text) <= WHOLE:
        yield text
    if len(text) <= SHORT:
        return
    part = max(PART, -(-len(text) // MOST_PARTS))
    start = 0
    while start < len(text):
        end = _end(text, start + part, start + part + SHORT - PART)
        yield text[start:end].strip()
        start = end


def _end(text: str, first: int, last: int) -> int:
    """Return where to cut between the two: after a sentence, or else after a word."""
    if last >= len(text):
        return len(text)
    for at in range(first, last):
        if text[at] in _STOPS:
            return at + 1
    space = text.rfind(" ", first, last)
    return last if space < 0 else space + 1
