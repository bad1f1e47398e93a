"""What a run found, in words or data: each format is a module with `render(report) -> str`."""
