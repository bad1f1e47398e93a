"""Proxies, certificates and mirrors: how a build reaches the network."""
