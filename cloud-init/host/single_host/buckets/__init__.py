"""Old versions in object storage, removed when their days are over."""
