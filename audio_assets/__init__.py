"""Rendered sounds (.opus) and their manifests (.toml), one folder a family."""
