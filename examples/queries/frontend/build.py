"""Builds the page: assets get names that hold a digest of their content, the page refers to them by these."""

import argparse
import hashlib
from html import escape
from pathlib import Path
from shutil import rmtree

HERE = Path(__file__).parent
# Each may refer to those before it.
ASSETS = ("style.css", "mark.svg", "api.js", "table.js", "main.js")


def build(source: Path, output: Path, version: str, api: str) -> None:
    rmtree(output, ignore_errors=True)
    assets = output / "html" / "assets"
    assets.mkdir(parents=True)
    names: dict[str, str] = {}
    for name in ASSETS:
        content = renamed((source / "src" / name).read_text(), names)
        stem, _, suffix = name.rpartition(".")
        names[name] = f"{stem}.{hashlib.sha256(content.encode()).hexdigest()[:10]}.{suffix}"
        (assets / names[name]).write_text(content)
    page = renamed((source / "src" / "index.html").read_text(), names)
    page = page.replace("@VERSION@", escape(version)).replace("@API@", escape(api))
    (output / "html" / "index.html").write_text(page)
    (output / "nginx.conf").write_text((source / "nginx.conf").read_text().replace("@VERSION@", version))


def renamed(text: str, names: dict[str, str]) -> str:
    """References, `./api.js` among assets and `/assets/api.js` in the page, by the new names."""
    for name, built in names.items():
        text = text.replace(f'"./{name}"', f'"./{built}"').replace(f'"/assets/{name}"', f'"/assets/{built}"')
    return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", default="development", help="what X-App-Version says")
    parser.add_argument("--api", default="/v1", help="where the backend answers")
    parser.add_argument("--output", type=Path, default=HERE / "out", help="the folder that is made anew")
    arguments = parser.parse_args()
    if not all(character.isalnum() or character in "._+-" for character in arguments.version):
        parser.error(f"--version: letters, digits and . _ + -, got {arguments.version!r}")
    build(HERE, arguments.output, arguments.version, arguments.api)
