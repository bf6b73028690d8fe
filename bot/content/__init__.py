"""Content is data: TOML files and their typed loader."""
