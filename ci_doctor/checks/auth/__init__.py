"""Logging in to registries: what a push finds when it asks for credentials."""
