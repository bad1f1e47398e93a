"""The faults ci-doctor knows, one module each: `<family>/<name>.py` (docs/adding-a-check.md)."""
