"""Builds with Kaniko, and what is left of them after a migration."""
