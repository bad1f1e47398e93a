"""Rootless BuildKit in a job container: what it needs to run at all."""
