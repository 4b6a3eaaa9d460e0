"""The process beside the web: sends, reminds, expires, counts and purges."""
