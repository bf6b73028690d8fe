"""Mixes as files to take along: rendered in a process of its own that gives way to everything else."""
