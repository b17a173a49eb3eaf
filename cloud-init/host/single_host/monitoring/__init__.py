"""How the host is, and who is told."""
