"""The last weeks' nights as a picture: one row a night, from noon to noon; blank where nothing was told."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from bot.pictures.theme import BACKGROUND, FIRST, GRID, QUIET_TEXT, SECOND, TEXT, TEXT_PX, WIDTH, unit

if TYPE_CHECKING:  # it loads a second's worth of libraries
    from matplotlib.axes import Axes

_DPI: Final = 100
_POINTS: Final = TEXT_PX * 72 / _DPI
_ROW_PX: Final = 30
_HEAD_PX: Final = 150
_MOST_LABELS: Final = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One night in minutes since noon; a part that was not told is None."""

    lay_down: int | None
    asleep_from: int | None
    got_up: int | None


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word in the picture, in the reader's language. hours: minutes since noon and how they read."""

    asleep: str
    waiting: str
    hours: Sequence[tuple[int, str]]
    days: Mapping[date, str]


def draw_nights(mornings: Sequence[date], bars: Mapping[date, Bar], labels: Labels) -> bytes:
    """Return a PNG, 720 pixels wide: filled from falling asleep to getting up, a line while still awake.

    mornings: every date to have a row, oldest first. Not on the event loop: it takes a good part of a second.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - loads late
    from matplotlib.figure import Figure  # noqa: PLC0415

    height_px = _HEAD_PX + _ROW_PX * len(mornings)
    figure = Figure(figsize=(WIDTH / _DPI, height_px / _DPI), dpi=_DPI, facecolor=unit(BACKGROUND))
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes(
        (0.17, 24 / height_px, 0.80, (_ROW_PX * len(mornings)) / height_px), facecolor=unit(BACKGROUND)
    )
    first, last = _span(bars.values())
    axes.set_xlim(first, last)
    axes.set_ylim(len(mornings) - 0.3, -0.7)
    for row, morning in enumerate(mornings):
        if (bar := bars.get(morning)) is not None:
            _draw(axes, row, bar)
    _label(axes, mornings, labels, first, last)
    _legend(axes, labels, height_px)
    buffer = io.BytesIO()
    canvas.print_png(buffer)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def _draw(axes: "Axes", row: int, bar: Bar) -> None:
    if bar.lay_down is not None:
        axes.plot([bar.lay_down], [row], marker="o", markersize=7, color=unit(SECOND))
        if bar.asleep_from is not None and bar.asleep_from > bar.lay_down:
            axes.plot([bar.lay_down, bar.asleep_from], [row, row], linewidth=4, color=unit(SECOND))
    if bar.asleep_from is not None and bar.got_up is not None:
        axes.barh(row, bar.got_up - bar.asleep_from, left=bar.asleep_from, height=0.62, color=unit(FIRST))
    elif bar.got_up is not None:
        axes.plot([bar.got_up], [row], marker="|", markersize=14, markeredgewidth=4, color=unit(FIRST))


def _label(axes: "Axes", mornings: Sequence[date], labels: Labels, first: int, last: int) -> None:
    shown = [(minute, text) for minute, text in labels.hours if first <= minute <= last]
    axes.set_xticks([minute for minute, _ in shown], [text for _, text in shown])
    axes.xaxis.tick_top()
    every = 1 if len(mornings) <= _MOST_LABELS else 7
    rows = [row for row in range(len(mornings)) if (len(mornings) - 1 - row) % every == 0]
    axes.set_yticks(rows, [labels.days[mornings[row]] for row in rows])
    axes.tick_params(length=0, labelsize=_POINTS * 0.8, labelcolor=unit(TEXT), pad=6)
    axes.set_axisbelow(True)
    axes.grid(visible=True, axis="x", color=unit(GRID), linewidth=1)
    for side in axes.spines.values():
        side.set_visible(False)


def _legend(axes: "Axes", labels: Labels, height_px: int) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    handles = [
        Patch(facecolor=unit(FIRST), label=labels.asleep),
        Line2D([], [], color=unit(SECOND), linewidth=4, marker="o", markersize=7, label=labels.waiting),
    ]
    axes.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0 - 8 / height_px),
        ncols=2,
        frameon=False,
        fontsize=_POINTS * 0.8,
        labelcolor=unit(QUIET_TEXT),
        handlelength=1.4,
        columnspacing=1.2,
    )


def _span(bars: Iterable[Bar]) -> tuple[int, int]:
    """Return the first and the last minute to show: every night fits, and no more than is needed."""
    minutes = [
        minute for bar in bars for minute in (bar.lay_down, bar.asleep_from, bar.got_up) if minute is not None
    ]
    start = min([*minutes, 11 * 60]) - 30
    end = max([*minutes, 19 * 60]) + 30
    return start, end


def weeks_of(last: date, n_weeks: int) -> list[date]:
    """Return the mornings of the last weeks, oldest first."""
    return [last - timedelta(days=n) for n in range(7 * n_weeks - 1, -1, -1)]
