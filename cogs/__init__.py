"""One thin file a command group: parse, one service call, render."""
