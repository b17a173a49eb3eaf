"""A small service of Deita's shape: CSV files become tables in DuckDB, their rows in PostgreSQL, their bytes in S3."""
