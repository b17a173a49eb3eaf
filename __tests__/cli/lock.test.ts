import { renderLock } from "../../cli/lock/text";

test("what a lock changes is shown line by line", () => {
  const random = { source: "hashicorp/random", version: "3.7.0" };
  const tls = { source: "hashicorp/tls", version: "4.1.0" };
  const file = "provider-locks/beta.terraform.lock.hcl";
  const before = [random, { source: "hashicorp/cloudinit", version: "2.3.5" }, tls];
  const after = [{ ...random, version: "3.9.0" }, tls, { source: "hetznercloud/hcloud", version: "1.68.0" }];
  expect(renderLock({ file, before, after })).toEqual([
    "~ hashicorp/random 3.7.0 -> 3.9.0",
    "  hashicorp/tls 4.1.0",
    "+ hetznercloud/hcloud 1.68.0",
    "- hashicorp/cloudinit 2.3.5",
    `${file}: commit it`,
  ]);
});
