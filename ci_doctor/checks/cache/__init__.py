"""Build caches: written, read, kept."""
