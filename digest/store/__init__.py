"""The archive: the only room that imports duckdb, and the spool that lies beside it."""
