"""A small photo service of Chitram's shape: images in MinIO, their rows in PostgreSQL, lists in Redis."""
