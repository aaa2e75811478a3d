"""A learner's SQL over an archive of several: it reads through the promised views, which show the learner's own rows.

DuckDB has no rights of its own, so what the statement names is checked before it runs. It keeps learners out of
each other's way inside this program; the file itself is open to anybody who may read it.
"""

import json
from collections.abc import Iterator

from digest.errors import StoreError
from digest.store import schema
from digest.store.archive import Connection
from digest.store.conversion import learner_of

#: Table functions that read no rows of another learner, and no files.
_HARMLESS = frozenset(
    {"search", "search_words", "similar_to", "terms_of", "unnest", "range", "generate_series", "repeat", "json_each"}
    | {"json_tree", "duckdb_columns", "duckdb_tables", "duckdb_views", "duckdb_functions", "pragma_table_info"}
)


def check_statement(db: Connection, sql: str) -> None:
    """Refuse a statement that could read what belongs to another learner of the archive; StoreError says what."""
    learner = learner_of(db)
    if not learner or not _has_others(db, learner):
        return
    row = db.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()
    parsed = json.loads(row[0]) if row else {"error": True}
    if parsed.get("error"):
        raise StoreError("the query failed: it cannot be checked for what belongs to other learners")
    for node in _nodes(parsed):
        if told := _refused(node):
            raise StoreError(f"the query failed: {told}")


def _has_others(db: Connection, learner: str) -> bool:
    return bool(db.execute("select 1 from core.learners where learner <> ? limit 1", [learner]).fetchone())


def _nodes(parsed: object) -> Iterator[dict[str, object]]:
    """Every node of the statement's tree."""
    waiting = [parsed]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _refused(node: dict[str, object]) -> str:
    if node.get("type") == "BASE_TABLE":
        schema_name, table = str(node.get("schema_name")).lower(), str(node.get("table_name")).lower()
        if schema_name == "core" and table in {*schema.OF_LEARNERS, *schema.OF_GROUPS}:
            return f"core.{table} holds the rows of all learners; the views show your own"
        if not schema_name and not table.replace("_", "").isalnum():
            return f"there is no table {table!r}"
    if node.get("type") == "TABLE_FUNCTION":
        function = node.get("function")
        name = str(function.get("function_name")).lower() if isinstance(function, dict) else ""
        if name not in _HARMLESS:
            return f"{name} cannot be used where an archive has several learners"
    return ""
