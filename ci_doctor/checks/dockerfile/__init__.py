"""Dockerfiles that cannot be built where the pipeline builds them."""
