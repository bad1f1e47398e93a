"""The options of buildctl, which are not those of docker build."""
