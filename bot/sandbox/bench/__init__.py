"""What `./hush bench …` measures: real parts, real processes, against a Discord of our own."""
