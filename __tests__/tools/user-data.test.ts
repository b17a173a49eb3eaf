import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHostProgram } from "../../cloud-init/host-program";
import { renderUserData } from "../../cloud-init/user-data";
import { chitram } from "../cloud-init/hosts";
import { onServer } from "./server-image";

const program = readHostProgram();
const folder = mkdtempSync(join(tmpdir(), "user-data-"));

beforeAll(() => {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "sec1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const bootstrapHostKey = {
    privateKeyJson: JSON.stringify(privateKey),
    publicKeyJson: JSON.stringify("ecdsa-sha2-nistp256 AAAA"),
  };
  writeFileSync(join(folder, "user-data"), renderUserData({ host: chitram(), bootstrapHostKey, program }));
  writeFileSync(join(folder, "first.tar.gz"), Buffer.from(program.first.archive, "base64"));
  writeFileSync(join(folder, "whole.tar.gz"), Buffer.from(program.archive, "base64"));
  writeFileSync(join(folder, "sshd.conf"), program.texts["sshd.conf"] ?? "");
});

test("cloud-init knows every key of it", () => {
  const said = onServer({ folder, argv: ["cloud-init", "schema", "--config-file", "user-data"] });
  expect(said).toContain("Valid schema");
  expect(said).not.toMatch(/deprecated/i);
});

test("sshd takes the drop-in, which shuts passwords and root out whatever a cloud image says later", () => {
  const script = [
    "mkdir -p /run/sshd && ssh-keygen -A >/dev/null",
    "printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/50-cloud-init.conf",
    "cp sshd.conf /etc/ssh/sshd_config.d/00-single-host.conf && sshd -t && sshd -T",
  ];
  const settings = onServer({ folder, argv: ["bash", "-ec", script.join("\n")] }).split("\n");
  expect(settings).toEqual(
    expect.arrayContaining(["permitrootlogin no", "passwordauthentication no", "kbdinteractiveauthentication no"]),
  );
});

test.each(["first", "whole"])("the %s program unpacks and starts", (name) => {
  const script = `tar -xzf ${name}.tar.gz -C /opt && /opt/single_host/bin/single-host --version`;
  expect(onServer({ folder, argv: ["bash", "-ec", script] })).toBe(`single-host ${program.version}`);
});

test("the first program is the whole one without comments, and has what its verbs import", () => {
  const script = `
import ast, importlib, pathlib, subprocess, sys
for name in ("first", "whole"):
    pathlib.Path("/opt", name).mkdir()
    subprocess.run(["tar", "-xzf", f"{name}.tar.gz", "-C", f"/opt/{name}"], check=True)
def meaning(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        alone = isinstance(body, list) and len(body) == 1 and not isinstance(node, ast.Module)
        if isinstance(body, list) and body and not alone and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body.pop(0)
    return ast.dump(tree)
first = sorted(path.relative_to("/opt/first") for path in pathlib.Path("/opt/first/single_host").rglob("*.py"))
assert len(first) > 10
for path in first:
    assert meaning("/opt/first" / path) == meaning("/opt/whole" / path), path
sys.path.insert(0, "/opt/first")
for path in first:
    importlib.import_module(".".join(path.with_suffix("").parts))
print("same")
`;
  expect(onServer({ folder, argv: ["python3", "-c", script] })).toBe("same");
});
