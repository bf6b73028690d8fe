"""How triage does on authors it never saw: each row decided by a model and bars made without its batch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.support.languages import OTHER
from bot.support.levels import Level, Surface
from bot.support.model import Floats
from bot.support.normalise import normalise
from bot.support.rules import Rules
from corpus.design import Seen, see
from corpus.everyday import everyday
from corpus.rows import EVERYDAY, Row, chat, kind, load
from corpus.training import Folds, fit_rows, folds, held_out, languages_of, scales

Levels = npt.NDArray[np.int64]
COLUMNS = (
    "rows",
    "crisis → card",
    "crisis → offer",
    "high → card",
    "high → offer",
    "low → offer",
    "low → card",
    "false cards ‰",
    "false offers ‰",
    "chat cards ‰",
)
HEAD = ("| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|")
CURVE = (0.25, 0.5, 0.75, 1.0)
GROUPS = {  # families that say the same thing in other words are left out together
    "goodbyes": {"goodbye", "giving-away"},
    "acts": {"preparation", "intent", "after-act"},
    "wishes": {"passive", "code-euphemism", "understated"},
    "despair": {"hopeless", "burden", "past-now-back"},
    "turns": {"joke-turns-serious", "denial-but", "ambiguous"},
    "self-harm": {"self-harm-urge"},
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened to a group of rows; shares are None where it has no such row."""

    n_rows: int
    crisis_card: float | None
    crisis_offer: float | None
    high_card: float | None
    high_offer: float | None
    low_offer: float | None
    low_card: float | None
    false_cards: float | None
    """Per 1000 tricky benign rows."""
    false_offers: float | None
    """Of any kind, per 1000 tricky benign rows."""
    chat_cards: float | None
    """Per 1000 lines of ordinary chat."""

    @classmethod
    def of(cls, rows: Sequence[Row], levels: Levels) -> "Figures":
        def share(wanted: Callable[[Row], bool], at_least: Level) -> float | None:
            mine = [level >= at_least for row, level in zip(rows, levels, strict=True) if wanted(row)]
            return sum(mine) / len(mine) if mine else None

        tricky = [share(lambda row: row.tricky, level) for level in (Level.HIGH_DISTRESS, Level.LOW_DISTRESS)]
        chat_cards = share(lambda row: row.chat, Level.HIGH_DISTRESS)
        return cls(
            n_rows=len(rows),
            crisis_card=share(lambda row: row.level is Level.CRISIS, Level.HIGH_DISTRESS),
            crisis_offer=share(lambda row: row.level is Level.CRISIS, Level.LOW_DISTRESS),
            high_offer=share(lambda row: row.level is Level.HIGH_DISTRESS, Level.LOW_DISTRESS),
            high_card=share(lambda row: row.level is Level.HIGH_DISTRESS, Level.HIGH_DISTRESS),
            low_offer=share(lambda row: row.level is Level.LOW_DISTRESS, Level.LOW_DISTRESS),
            low_card=share(lambda row: row.level is Level.LOW_DISTRESS, Level.HIGH_DISTRESS),
            false_cards=None if tricky[0] is None else tricky[0] * 1000,
            false_offers=None if tricky[1] is None else tricky[1] * 1000,
            chat_cards=None if chat_cards is None else chat_cards * 1000,
        )


@dataclass(frozen=True, slots=True)
class Corpus:
    """The rows to judge, and the everyday lines that only ever help to learn."""

    rows: list[Row]
    seen: Seen
    fold: Folds
    languages: list[str]
    ruled: Levels

    @classmethod
    def read(cls) -> "Corpus":
        rows = [*load(), *chat(), *everyday()]
        rules = Rules.load()
        ruled = np.array([rules.level(normalise(row.text)) for row in rows])
        languages = languages_of(rows)
        return cls(rows, see(rows, languages), folds(rows), languages, ruled)

    def decided(self, surface: Surface, scores: Floats) -> Levels:
        """Return each row's level on held-out scores; the scales come from the other folds."""
        levels = self.ruled.copy()
        for out in np.unique(self.fold[self.fold >= 0]):
            others = np.flatnonzero((self.fold != out) & (self.fold >= 0))
            found = scales(
                [self.rows[at] for at in others], scores[others], [self.languages[at] for at in others]
            )
            for at in np.flatnonzero(self.fold == out):
                scale = found.get(self.languages[at], found[OTHER])
                levels[at] = max(levels[at], scale.levels(scores[at], surface))
        return levels

    def figures(self, levels: Levels, wanted: Callable[[Row], bool]) -> Figures:
        kept = [at for at, row in enumerate(self.rows) if not row.everyday and wanted(row)]
        return Figures.of([self.rows[at] for at in kept], levels[kept])


def report(*, curve: bool = False, unseen_families: bool = False) -> Iterator[str]:
    """Yield the lines of the tables in docs/safety.md, as Markdown."""
    corpus = Corpus.read()
    scores = held_out(corpus.rows, corpus.seen, corpus.fold)
    for surface in Surface:
        levels = corpus.decided(surface, scores)
        yield from _table(f"{surface.value}: languages", corpus, levels, _by_language(corpus.rows))
        if surface is Surface.DM:
            yield from _table("dm: families", corpus, levels, _by_family(corpus.rows))
            yield from _table("dm: batches", corpus, levels, _by_batch(corpus.rows))
    if curve:
        yield from _curve(corpus)
    if unseen_families:
        yield from _unseen(corpus, scores)


Groups = dict[str, Callable[[Row], bool]]


def _by_language(rows: Sequence[Row]) -> Groups:
    langs = sorted({row.lang for row in rows}, key=lambda lang: (lang != "en", lang))
    return {lang: _is(lang) for lang in langs} | {"all": lambda _: True}


def _is(lang: str) -> Callable[[Row], bool]:
    return lambda row: row.lang == lang


def _has(families: set[str]) -> Callable[[Row], bool]:
    return lambda row: not families.isdisjoint(row.families)


def _from(batch: str) -> Callable[[Row], bool]:
    return lambda row: row.batch == batch


def _by_family(rows: Sequence[Row]) -> Groups:
    families = sorted({family for row in rows if not row.everyday for family in row.families})
    return {family: _has({family}) for family in families}


def _by_batch(rows: Sequence[Row]) -> Groups:
    batches = sorted({row.batch for row in rows if not row.everyday})
    return {batch: _from(batch) for batch in batches}


def _table(title: str, corpus: Corpus, levels: Levels, groups: Groups) -> Iterator[str]:
    yield f"### {title}"
    yield from HEAD
    for name, wanted in groups.items():
        yield _line(name, corpus.figures(levels, wanted))
    yield ""


def _line(name: str, found: Figures) -> str:
    shares = (
        found.crisis_card,
        found.crisis_offer,
        found.high_card,
        found.high_offer,
        found.low_offer,
        found.low_card,
    )
    told = ["–" if share is None else f"{share:.2f}" for share in shares]
    told += [
        "–" if n is None else f"{n:.0f}" for n in (found.false_cards, found.false_offers, found.chat_cards)
    ]
    return f"| {name} | {found.n_rows} | {' | '.join(told)} |"


def _curve(corpus: Corpus) -> Iterator[str]:
    """Learn from a share of the other batches of each language, and of its files of chat, only."""
    yield "### dm: learning curve (English, and the other languages together, by share of batches)"
    yield from HEAD
    for share in CURVE:
        levels = corpus.decided(Surface.DM, _held_out_of_share(corpus, share))
        yield _line(f"{share:.0%}, en", corpus.figures(levels, lambda row: row.lang == "en"))
        yield _line(f"{share:.0%}, others", corpus.figures(levels, lambda row: row.lang != "en"))
    yield ""


def _held_out_of_share(corpus: Corpus, share: float) -> Floats:
    scores = np.full((len(corpus.rows), 3), np.nan)
    for out in np.unique(corpus.fold[corpus.fold >= 0]):
        mine = corpus.fold == out
        others = sorted({row.batch for row, left in zip(corpus.rows, mine, strict=True) if not left})
        kept = {batch for batch in others if kind(batch) == EVERYDAY}
        for one in {kind(batch) for batch in others} - {EVERYDAY}:
            batches = [batch for batch in others if kind(batch) == one]
            kept.update(batches[: max(1, round(share * len(batches)))])
        learnt = np.array([row.batch in kept for row in corpus.rows]) & ~mine
        scores[mine] = fit_rows(corpus.rows, corpus.seen, learnt).scores(corpus.seen)[mine]
    return scores


def _unseen(corpus: Corpus, scores: Floats) -> Iterator[str]:
    """Leave out whole groups of families as well as the batch."""
    yield "### dm: families that were not learnt from either"
    yield from HEAD
    for name, families in GROUPS.items():
        mine = np.array([not row.everyday and not families.isdisjoint(row.families) for row in corpus.rows])
        blind = scores.copy()
        for out in np.unique(corpus.fold[corpus.fold >= 0]):
            left = corpus.fold == out
            fitted = fit_rows(corpus.rows, corpus.seen, ~left & ~mine)
            blind[left & mine] = fitted.scores(corpus.seen)[left & mine]
        levels = corpus.decided(Surface.DM, blind)
        yield _line(name, corpus.figures(levels, _has(families)))
    yield ""
