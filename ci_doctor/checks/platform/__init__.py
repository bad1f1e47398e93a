"""Architectures of images and of what they are built on."""
