"""Which SQL a workspace may run: one SELECT over its own tables."""

from collections.abc import Collection, Iterator
from typing import Any

# Functions that make rows from their arguments alone. Others read files, or tell of other workspaces.
TABLE_FUNCTIONS = {"generate_series", "range", "unnest"}


class StatementRefused(Exception):
    """Says what about a statement is not allowed, or not possible."""


def check_statement(tree: dict[str, Any], tables: Collection[str]) -> None:
    """Judges a statement by DuckDB's own reading of it (`json_serialize_sql`)."""
    if tree["error"]:
        raise StatementRefused(tree["error_message"])
    if len(tree["statements"]) != 1:
        raise StatementRefused("must be one statement")
    nodes = list(walk(tree))
    expressions = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", [])}
    for node in nodes:
        match node.get("type"):
            case "BASE_TABLE":
                check_table(node["qualified_name"]["path"], {*tables, *expressions}, tables)
            case "TABLE_FUNCTION" if node["function"]["function_name"] not in TABLE_FUNCTIONS:
                raise StatementRefused(f"{node['function']['function_name']} is not available here")
            case "SHOW_REF" if node["query"] is None:
                raise StatementRefused("SHOW is not available here")


def check_table(path: list[str], known: Collection[str], tables: Collection[str]) -> None:
    if len(path) != 1 or path[0] not in known:
        present = ", ".join(sorted(tables)) or "none"
        raise StatementRefused(f"there is no table {'.'.join(path)}; the workspace has {present}")


def walk(value: object) -> Iterator[dict[str, Any]]:
    """Every object within a JSON value, itself included."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)
