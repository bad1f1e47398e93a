"""Image names, secrets in the job log, and what else goes wrong quietly."""
