import type { DeployedStack } from "./deployed-stack";

/** A host's backups from its first day: what is in them, where they stand, and that no change of a prop takes them away. */
export function bucketOfBackups(host: DeployedStack): void {
  const { part } = host;
  const { application, cloud } = host.props;

  /** The stack's file with another prop of its BackupBucket. */
  const withProp = (prop: string) => (text: string) =>
    text
      .replace(/^ {2}BackupBucket,$/m, "  BackupBucket, BackupStore,")
      .replace(/(new BackupBucket\(\w+, "backups", \{)/, `$1 ${prop},`);

  describe("a backup", () => {
    part("is on board from the first day", async () => {
      await host.onServer("sudo single-host backup now");
      const [{ complete, parts }] = JSON.parse(await host.onServer("sudo single-host backup list --json"));
      expect(complete).toBe(true);
      expect(parts).toEqual(expect.arrayContaining([...application.backup]));
    });
  });

  describe("the bucket of the backups", () => {
    part("stands in another region than the server, and no plan takes it away to have it there", async () => {
      const { backup } = JSON.parse(await host.onServer("sudo cat /etc/single-host/host.json"));
      expect(backup.repository).not.toContain(cloud.region);
      const moved = await host.planWith("bucket-moved", withProp(`region: "${cloud.region}"`));
      expect(moved.code).toBe(1);
      expect(moved.output).toMatch(/terraform_data\.host_backup_bucket_protection[\s\S]*prevent_destroy/);
    });

    part("is not destroyed when its line is taken out of the stack", async () => {
      const without = (text: string) => text.replace(/^ *new BackupBucket\([\s\S]*?\n? *\);\n/m, "");
      const taken = await host.planWith("bucket-taken-out", without);
      expect(taken.code).toBe(1);
      // on Hetzner the provider goes with its last bucket
      expect(taken.output).toMatch(
        /terraform_data\.host_backup_bucket_protection[\s\S]*prevent_destroy|Provider configuration not present/,
      );
    });

    part("stays, with all that is in it, when another takes its place", async () => {
      const store = `store: BackupStore.existing("another", { region: "${cloud.region}" })`;
      const replaced = await host.planWith("bucket-replaced", withProp(store));
      expect(replaced.code).toBe(2);
      expect(replaced.output).toMatch(/_bucket\.host_backup_bucket will no longer be managed by Terraform/);
      expect(replaced.output).not.toMatch(/_bucket\.host_backup_bucket will be destroyed/);
      expect((await host.now.cdktf.plan()).code).toBe(0);
    });
  });
}
