/** Texts that would do something in a comment or a terminal, if they were more than text there. */
export const HOSTILE = [
  "@octocat",
  "abhi10/chitram#1",
  "</code></summary></details><img src=x onerror=alert(1)>",
  "`` ` ``` ````",
  "a|b\\|c",
  "line\n## break\r\n> [!TIP]\n- item",
  "\u001b[2J\u001b]8;;https://evil.example\u0007",
  "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
  "https://evil.example www.evil.example",
  "<!-- single-host review chitram-beta -->",
  "${{ secrets.TOKEN }} $(touch /tmp/evil) `id` %{x}",
  "*bold* _em_ ~~gone~~ # head",
  "\u202egnp.exe\u200b\u2066",
  "&lt;b&gt; &#64;octocat",
  "\ud800 lone",
];
const all = HOSTILE.join(" ");
const fence = "```\n````\n</details>\n@octocat <script>alert(1)</script>\n";

/** A plan in which every text is hostile, wherever a plan has one. */
export function hostilePlan(): object {
  const managed = (address: string, type: string, change: object, more: object = {}) => ({
    ...{ address, type, mode: "managed", name: address.split(".")[1] ?? "", change },
    ...more,
  });
  const each = HOSTILE.map((text) => `digitalocean_volume.host_data[${JSON.stringify(text)}]`);
  const gone = (address: string) =>
    managed(address, "digitalocean_volume", { actions: ["delete"], before: { name: all }, after: null });
  const settings = (key: string) =>
    JSON.stringify({
      deploy_keys: [`ssh-ed25519 ${key} ${all}`],
      sites: [{ address: all, upstreams: [{ service: key, port: 1, path: all }] }],
    });
  const files = (side: string) => ({
    "host.json": settings(side),
    [all]: side + fence,
    "app/compose.yaml": `services: {x: {image: ${side}}}`,
    Caddyfile: fence + side,
  });
  const configuration = managed("terraform_data.host_configuration", "terraform_data", {
    actions: ["delete", "create"],
    before: { triggers_replace: { server: "1", files: files("one"), secrets: { [all]: "1" } } },
    after: { triggers_replace: { server: "1", files: files("two"), secrets: { [all]: "2" } } },
  });
  const update = (type: string, name: string, values: [object, object]) =>
    managed(`${type}.${name}`, type, {
      actions: ["update"],
      before: { ...values[0], name: all },
      after: { ...values[1], name: all },
    });
  const rule = (port: string) => ({ inbound_rule: [{ protocol: "tcp", port_range: port, source_addresses: [all] }] });
  const foreign = (index: number, actions: string[]) =>
    managed(
      `module.${HOSTILE[index]}.aws_thing.x`,
      "aws_thing",
      { actions, before: {}, after: {} },
      { module_address: "module.x" },
    );
  return {
    format_version: "1.9",
    resource_changes: [
      ...each.map(gone),
      configuration,
      update("digitalocean_droplet", "host_server", [{ size: all }, { size: `${all}2` }]),
      update("digitalocean_firewall", "host_firewall", [rule("1"), rule(all)]),
      managed("hcloud_volume.host_data", "hcloud_volume", { actions: ["create"], before: null, after: { name: all } }),
      managed(`aws_s3_bucket.${all}`, "aws_s3_bucket", { actions: ["forget"], before: {}, after: null }),
      managed(
        "a.b",
        "aws_thing",
        { actions: ["no-op"], before: {}, after: {}, importing: { id: all } },
        { previous_address: all },
      ),
      managed("a.c", all, { actions: [all], before: {}, after: {} }),
      ...HOSTILE.flatMap((_, index) => [
        foreign(index, ["delete"]),
        foreign(index, ["create"]),
        foreign(index, ["update"]),
      ]),
    ],
    resource_drift: [
      gone(each[0] ?? ""),
      update("digitalocean_droplet", "host_server", [
        { [all]: all, tags: [all] },
        { [all]: null, tags: [] },
      ]),
    ],
    deferred_changes: [{ reason: all, resource_change: gone(`x.${all}`) }],
    planned_values: { root_module: { resources: [{ address: all, type: `${all}_x`, mode: "managed", values: {} }] } },
  };
}

/** A plan of at least so many megabytes, in which as much as possible is lost. */
export function hugePlan(megabytes: number): object {
  const change = { actions: ["delete"], before: { tags: "x".repeat(900) }, after: null };
  const resource_changes = Array.from({ length: megabytes * 950 }, (_, index) => {
    return {
      address: `digitalocean_volume.data[${index}]`,
      type: "digitalocean_volume",
      mode: "managed",
      name: "data",
      change,
    };
  });
  return { format_version: "1.2", resource_changes };
}
