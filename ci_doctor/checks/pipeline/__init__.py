"""What GitLab refuses to run, or runs in another way than it reads."""
