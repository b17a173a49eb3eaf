import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readHostProgram } from "../../cloud-init/host-program";
import { withoutComments } from "../../cloud-init/python-source";
import { packTarGz } from "../../cloud-init/tar";

/** Names, modes and contents of a tar, by the format's own offsets. */
function unpack(archive: Buffer): Record<string, [mode: string, content: string]> {
  const tar = gunzipSync(archive);
  const files: Record<string, [string, string]> = {};
  for (let at = 0; tar[at] !== 0; ) {
    const text = (from: number, length: number) =>
      tar.toString("utf8", at + from, at + from + length).replace(/\0.*/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    files[text(0, 100)] = [text(100, 8), tar.toString("utf8", at + 512, at + 512 + size)];
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

function programFolder(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, "single_host", name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

const FILES = {
  "__init__.py": '"""The program."""\n\n__version__ = "4.5.6"\n',
  "cli.py": "from . import (\n    console,\n    layout,\n)\n\n\ndef main():\n    from .site import edge\n",
  "console.py": "",
  "layout.py": "",
  "run.py": "",
  "machine/__init__.py": "",
  "machine/converge.py":
    "from .. import run\nfrom ..reader import Reader\nfrom . import disks\nfrom .swap import grow\n",
  "machine/disks.py": "",
  "machine/swap.py": "def grow():\n    pass\n",
  "reader.py": "class Reader:\n    pass\n",
  "site/__init__.py": "",
  "site/edge.py": "",
  "files/sshd.conf": "PermitRootLogin no\n",
  "bin/single-host": "#!/usr/bin/python3\n",
  "__pycache__/cli.cpython-311.pyc": "x",
};

test("the whole program travels without leftovers, the first one with what its verbs import at their top", () => {
  const program = readHostProgram(programFolder(FILES));
  expect(program.version).toBe("4.5.6");
  expect(program.texts).toEqual({ "sshd.conf": "PermitRootLogin no\n" });
  const whole = unpack(Buffer.from(program.archive, "base64"));
  expect(Object.keys(whole)).toEqual(
    Object.keys(FILES)
      .filter((name) => !name.includes("__pycache__"))
      .map((name) => `single_host/${name}`)
      .sort(),
  );
  expect(whole["single_host/bin/single-host"]).toEqual(["0000755", "#!/usr/bin/python3\n"]);
  expect(whole["single_host/cli.py"]).toEqual(["0000644", FILES["cli.py"]]);
  const first = Object.keys(unpack(Buffer.from(program.first.archive, "base64")));
  expect(first).toEqual(Object.keys(whole).filter((name) => !name.startsWith("single_host/site/")));
});

test("the checksum is over paths and contents, and the same files give the same bytes", () => {
  const program = readHostProgram(programFolder({ "__init__.py": "a\n", "b.py": "c" }));
  const text = "single_host/__init__.py\0a\n\0single_host/b.py\0c\0";
  expect(program.sha256).toBe(createHash("sha256").update(text).digest("hex"));
  expect(readHostProgram(programFolder({ "b.py": "c", "__init__.py": "a\n" }))).toEqual(program);
});

test("the real program is there", () => {
  const program = readHostProgram();
  expect(Object.keys(unpack(Buffer.from(program.archive, "base64")))).toEqual(
    expect.arrayContaining(["single_host/cli.py", "single_host/site/edge.py", "single_host/bin/single-host"]),
  );
  expect(Object.keys(program.texts)).toEqual(
    expect.arrayContaining(["sshd.conf", "tmpfiles.conf", "single-host-converge.service"]),
  );
});

test("a name that a tar has no room for is refused", () => {
  expect(() => packTarGz([{ path: "a".repeat(101), content: Buffer.alloc(0), executable: false }])).toThrow(
    "at most 100 bytes",
  );
});

test("comments, docstrings and wide indentation go, strings and shebangs stay", () => {
  const source =
    '#!/usr/bin/python3\n"""Of the\nmodule."""\n\n# why\nX = "# no comment"  # kept\n\n\nclass A(Exception):\n    """All of it."""\n\n\ndef f():\n    """Of f."""\n    return "    a"\n';
  expect(withoutComments(source)).toBe(
    '#!/usr/bin/python3\nX = "# no comment"  # kept\nclass A(Exception):\n """All of it."""\ndef f():\n return "    a"\n',
  );
});

test("a module with another text over several lines stays whole", () => {
  const source = '"""Doc."""\nX = """\n# no comment\n"""\n';
  expect(withoutComments(source)).toBe(source);
});
