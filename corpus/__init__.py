"""What triage is trained and tested on, and how. Not part of the wheel."""
