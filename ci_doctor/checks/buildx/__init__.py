"""docker buildx: builders, drivers and outputs."""
