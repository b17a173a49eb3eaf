import ast
import re
import unittest
from pathlib import Path

from support import HOST

PROGRAM = HOST / "single_host"
PACKAGES = re.findall(r"^\| `(\w+)/` \|", (HOST / "README.md").read_text(), re.MULTILINE)
VERBS = ["cli", "verbs", "apply", "recover"]  # they know every package
SETTINGS = {"settings": ["machine"]}  # all of host.json, the machine's part too


def imported(path: Path) -> list[str]:
    """What a module of the program imports from the program's own folder: packages, and modules beside them."""
    own = path.relative_to(PROGRAM).parts
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    above = [node for node in nodes if node.level == len(own)]
    return [name for node in above for name in ([node.module.split(".")[0]] if node.module else [a.name for a in node.names])]


class PackagesTest(unittest.TestCase):
    def test_all_are_in_the_readme(self) -> None:
        self.assertEqual(sorted(PACKAGES), sorted(path.parent.name for path in PROGRAM.glob("*/__init__.py")))
        text = (HOST / "README.md").read_text()
        self.assertEqual([path.name for path in PROGRAM.rglob("[a-z]*.py") if f"`{path.stem}`" not in text], [])

    def test_each_imports_from_those_above_it_alone(self) -> None:
        wrong = []
        for place, package in enumerate(PACKAGES):
            for path in (PROGRAM / package).rglob("*.py"):
                wrong += [f"{path.relative_to(PROGRAM)}: {name}" for name in imported(path) if name in PACKAGES[place:]]
        self.assertEqual(wrong, [])

    def test_what_all_share_imports_from_none(self) -> None:
        wrong = []
        for path in PROGRAM.glob("*.py"):
            forbidden = [] if path.stem in VERBS else [*PACKAGES, *VERBS]
            wrong += [
                f"{path.name}: {name}" for name in imported(path) if name in forbidden and name not in SETTINGS.get(path.stem, [])
            ]
        self.assertEqual(wrong, [])
