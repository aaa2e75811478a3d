"""The archive: the only package that imports duckdb, and the spool that lies beside it."""
