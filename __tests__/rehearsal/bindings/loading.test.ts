import { execFileSync } from "node:child_process";
import { join } from "node:path";

const bindings = join(__dirname, "..", "..", "..", "constructs", "clouds", "hetzner", "bindings");

/** The files of the bindings that a program has loaded at its end. Jest's own loader does not tell. */
function loadedBy(program: string): string[] {
  const tell = `console.log(JSON.stringify(Object.keys(require.cache).filter((file) => file.startsWith(${JSON.stringify(bindings)}))))`;
  const text = execFileSync(process.execPath, [require.resolve("tsx/cli"), "-e", `${program};${tell}`], {
    encoding: "utf8",
  });
  return (JSON.parse(text.trim().split("\n").at(-1) as string) as string[]).map((file) => file.slice(bindings.length));
}

test("a resource is loaded when it is first used, and no other with it", () => {
  const imported = `const { hcloud, minio } = { hcloud: require("${bindings}/hcloud"), minio: require("${bindings}/minio") }`;
  expect(loadedBy(imported)).toEqual(["/hcloud/index.js", "/minio/index.js"]);
  expect(loadedBy(`${imported}; hcloud.sshKey.SshKey.tfResourceType`)).toEqual([
    "/hcloud/index.js",
    "/minio/index.js",
    "/hcloud/ssh-key/index.ts",
  ]);
});
