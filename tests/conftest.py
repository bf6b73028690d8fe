"""What every test runs with."""

from hypothesis import settings

from tests.databases import postgres

__all__ = ["postgres"]

settings.register_profile("hush", deadline=None)  # a busy machine is no failure; figures come from benchmarks
settings.load_profile("hush")
