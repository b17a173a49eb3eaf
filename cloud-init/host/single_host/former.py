"""What a backup holds of the host itself, for a new server: its secrets and its release records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import bundle, settings
from .replacements import Source


@dataclass(frozen=True)
class Former:
    images: Mapping[str, str]  # service -> reference, of those that releases had put in place

    def tell_of_secrets(self, host: settings.Settings, secrets: bundle.Secrets) -> None:
        pass

    def bring_records(self) -> None:
        pass


def read(source: Source) -> Former | None:
    return None
