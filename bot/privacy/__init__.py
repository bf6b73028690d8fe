"""What is held about a person: shown, handed over, deleted; and what time takes away by itself."""
