"""What works for one person: blind pairs, two questions, and a model that can say why."""
