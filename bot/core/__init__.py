"""What every room may lean on: clock, errors, tasks. Standard library only."""
