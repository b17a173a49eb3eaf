"""Whether a backup can be trusted: restored beside the site, read again."""
