"""A long text in parts, so that one sentence in a long letter is not drowned."""

from collections.abc import Iterator

SHORT = 280
"""Letters up to which a text is read only as a whole."""
PART = 200
"""Letters after which a part ends with its sentence."""
_STOPS = frozenset(".?!…")


def passages(text: str) -> Iterator[str]:
    """Yield the normalised text, and if it is long also its parts, which end with a sentence if they can."""
    yield text
    if len(text) <= SHORT:
        return
    start = 0
    while start < len(text):
        end = _end(text, start)
        yield text[start:end].strip()
        start = end


def _end(text: str, start: int) -> int:
    last = min(start + SHORT, len(text))
    for at in range(start + PART, last):
        if text[at] in _STOPS:
            return at + 1
    space = text.rfind(" ", start + PART, last)
    return last if last == len(text) or space < 0 else space + 1
