"""What a backup holds, and the runs of the repository."""
