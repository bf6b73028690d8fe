"""The recipes by family: parameters, how each sound plays, and what people read about it."""
