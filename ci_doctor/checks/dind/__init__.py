"""Docker in Docker: the daemon that docker commands of a job talk to."""
