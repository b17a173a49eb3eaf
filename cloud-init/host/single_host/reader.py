"""Takes values of the expected form out of parsed JSON and remembers what was wrong, by path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .fault import Fault

ANY = re.compile(r"[^\0\ud800-\udfff]*")
ONE_LINE = re.compile(r"[^\0\n\r]+")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
WEEKLY = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01][0-9]|2[0-3]):[0-5][0-9]")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Reader:
    def __init__(self, value: Any, path: str, faults: list[Fault]) -> None:
        self.path, self._raw, self._faults = path, value, faults

    @property
    def value(self) -> Mapping[str, Any]:
        return self._raw if isinstance(self._raw, dict) else {}

    def child(self, key: str) -> Reader:
        value = self.value.get(key)
        if not isinstance(value, dict):
            self._fault(key, "must be an object", value)
        return Reader(value, f"{self.path}/{key}", self._faults)

    def children(self, key: str) -> list[Reader]:
        return [Reader(value, f"{self.path}/{key}/{index}", self._faults) for index, value in enumerate(self._list(key))]

    def entries(self, key: str, pattern: re.Pattern[str]) -> list[tuple[str, Reader]]:
        child = self.child(key)
        for name in child.value:
            if not pattern.fullmatch(name):
                child._fault(name, "is not a name that can be used here", name)
        return [(name, Reader(value, f"{child.path}/{name}", self._faults)) for name, value in child.value.items()]

    def text(self, key: str, pattern: re.Pattern[str]) -> str:
        return Reader(self.value.get(key), f"{self.path}/{key}", self._faults).text_value(pattern)

    def text_value(self, pattern: re.Pattern[str]) -> str:
        if isinstance(self._raw, str) and pattern.fullmatch(self._raw):
            return self._raw
        self._faults.append(Fault(self.path, f"must be text like /{pattern.pattern}/, got {self._raw!r}"))
        return ""

    def texts(self, key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        return tuple(entry.text_value(pattern) for entry in self.children(key))

    def number(self, key: str, least: int, most: int) -> int:
        value = self.value.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._fault(key, f"must be a whole number from {least} to {most}", value)
        return least

    def flag(self, key: str) -> bool:
        value = self.value.get(key)
        if not isinstance(value, bool):
            self._fault(key, "must be true or false", value)
        return value is True

    def _list(self, key: str) -> list[Any]:
        value = self.value.get(key)
        if isinstance(value, list):
            return value
        self._fault(key, "must be a list", value)
        return []

    def _fault(self, key: str, problem: str, value: object) -> None:
        self._faults.append(Fault(f"{self.path}/{key}", f"{problem}, got {value!r}"))
