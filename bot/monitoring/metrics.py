"""Readings in Prometheus' words, collected when asked for."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.core.clock import Clock
from bot.monitoring.ports import Health, Vitals


class VitalsCollector(Collector):
    """Turns what `vitals` reads, and the health that was asked for last, into metrics."""

    def __init__(self, vitals: Vitals, clock: Clock) -> None:
        self._vitals = vitals
        self._clock = clock
        self._started_s = clock.monotonic()
        self.health = Health(gateway=False, sound=False, database=False)

    def describe(self) -> Iterator[Metric]:
        """Name nothing in advance: registering must not read yet."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        now = self._vitals.read()
        yield _gauge("hush_sessions", "Servers in which something plays.", now.sessions)
        yield _gauge("hush_streams", "Plans being rendered.", now.streams)
        yield CounterMetricFamily(
            "hush_frames_late", "Packets of 20 ms that were due and not ready.", value=now.frames_late
        )
        yield CounterMetricFamily(
            "hush_reminders_delivered", "Reminders that arrived.", value=now.reminders_delivered
        )
        yield CounterMetricFamily(
            "hush_reminders_failed", "Tries that Discord did not take.", value=now.reminders_failed
        )
        yield CounterMetricFamily(
            "hush_commands_answered", "Commands carried out.", value=now.commands_answered
        )
        errors = CounterMetricFamily(
            "hush_errors_shown", "Commands and presses that could not be done, by why.", labels=("why",)
        )
        for why, count in now.errors_shown.items():
            errors.add_metric([why], count)
        yield errors
        up = GaugeMetricFamily("hush_up", "1 while that part works.", labels=("part",))
        for part in ("gateway", "sound", "database"):
            up.add_metric([part], float(getattr(self.health, part)))
        yield up
        uptime_s = self._clock.monotonic() - self._started_s
        yield _gauge("hush_uptime_seconds", "Since this bot was started.", uptime_s)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
