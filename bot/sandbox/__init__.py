"""A local Discord for demo, tests and benchmarks (extra `[sandbox]`)."""
