/**
 * The ground under the simulated clouds: servers boot with either cloud's data source, addresses and volumes outlive them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "../../rehearsal/command";
import { EmbeddedCloud } from "../../rehearsal/embedded-cloud";
import { type MachineSpec, Machines } from "../../rehearsal/machines";
import { RehearsalNetwork } from "../../rehearsal/network";
import { prepare } from "../../rehearsal/preparation";

const network = new RehearsalNetwork("cdktf-single-host-machines", "10.98.7.0/24");
const machines = new Machines(network);
const volume = { id: "4711", sizeGibibytes: 1, device: "/dev/disk/by-id/scsi-0HC_Volume_4711" };
const spec: MachineSpec = {
  ...{ id: 1, name: "queries", vendor: "Hetzner", region: "nbg1", tags: [] },
  ...{ publicKeys: ["ssh-ed25519 AAAAone"], vcpus: 1, memoryMebibytes: 512 },
  userData: "#cloud-config\nwrite_files: [{path: /root/said, content: as asked}]\n",
};

beforeAll(async () => {
  await new EmbeddedCloud(await prepare(() => {}), network).start();
});
afterAll(() => EmbeddedCloud.removeEveryTrace(network));

/** Runs a shell's line on a server; empty when it fails. */
async function on(id: number, line: string): Promise<string> {
  const argv = ["docker", "exec", `${network.name}-server-${id}`, "sh", "-c", line];
  const { code, stdout } = await command(argv, { accept: Array.from({ length: 256 }, (_, any) => any) });
  return code === 0 ? stdout.trim() : "";
}

/** Waits until a line prints what is expected, and shows the difference when it does not. */
async function expectOn(id: number, line: string, expected: unknown): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await on(id, line)) === expected) return;
    await sleep(300);
  }
  expect(await on(id, line)).toEqual(expected);
}

/** The loop devices of this machine that hold the volume. */
async function loops(): Promise<string[]> {
  const { stdout } = await command(["losetup", "--noheadings", "--output", "BACK-FILE"]);
  return stdout.split("\n").filter((file) => file.endsWith(`/${volume.id}`));
}

let address: { ipv4: string; ipv6: string };

it("a Hetzner server comes up at the addresses that were reserved for it", async () => {
  address = { ipv4: await machines.reserveAddress("ipv4"), ipv6: await machines.reserveAddress("ipv6") };
  const { ipv4, ipv6 } = await machines.create({ ...spec, address });
  expect({ ipv4, ipv6 }).toEqual(address);
  await expectOn(1, "cloud-init status --long | grep -E '^(status|detail)'", "status: done\ndetail: DataSourceHetzner");
  expect(await on(1, "cat /root/said; echo; tail -1 /root/.ssh/authorized_keys")).toBe("as asked\nssh-ed25519 AAAAone");
  expect(await on(1, "hostname; ip -brief address show eth0")).toMatch(
    new RegExp(`^queries\neth0@\\S+ +UP +${ipv4}/24 ${network.hasIpv6 ? `${ipv6}/48 ` : ""}fe80:\\S+ *$`),
  );
  // another server gets another, asked or not
  const droplet = await machines.create({ ...spec, id: 2, name: "other", vendor: "DigitalOcean", region: "nyc3" });
  expect([droplet.ipv4, droplet.ipv6]).not.toContain(address.ipv4);
  await expectOn(
    2,
    "cloud-init status --long | grep -E '^(status|detail)'",
    "status: done\ndetail: DataSourceDigitalOcean",
  );
});

it("a volume is a disk under its cloud's path, and systemd mounts it at boot", async () => {
  await machines.attachVolume(1, volume);
  const { device } = volume;
  expect(await on(1, `lsblk --noheadings --output SIZE,FSTYPE ${device}`)).toBe("1G");
  await on(1, `mkfs.ext4 -q ${device} && mkdir /srv/volume`);
  await on(1, `echo UUID=$(blkid -s UUID -o value ${device}) /srv/volume ext4 defaults,nofail 0 2 >> /etc/fstab`);
  // udev sees a new file system by itself
  await expectOn(1, `lsblk --noheadings --output FSTYPE ${device}`, "ext4");
  await on(1, "systemctl daemon-reload && systemctl start srv-volume.mount && echo 42 > /srv/volume/rows && sync");
  expect(await on(1, "findmnt --noheadings --output FSTYPE /srv/volume; cat /srv/volume/rows")).toBe("ext4\n42");

  await machines.reboot(1);
  await expectOn(1, "systemctl is-active srv-volume.mount && cat /srv/volume/rows", "active\n42");
  await machines.powerOff(1);
  await machines.powerOn(1);
  await expectOn(1, "systemctl is-active srv-volume.mount && cat /srv/volume/rows", "active\n42");
});

it("a volume grows under a server that runs, and its file system with it", async () => {
  await machines.resizeVolume(volume.id, 2);
  expect(await on(1, `lsblk --noheadings --output SIZE ${volume.device}`)).toBe("2G");
  expect(await on(1, `resize2fs ${volume.device} && echo done`)).toMatch(/done$/);
  // where the kernel lets nobody grow a mounted one, a boot does it
  await machines.reboot(1);
  await expectOn(1, "df --output=size --block-size=100M /srv/volume | tail -1; cat /srv/volume/rows", "20\n42");
});

it("another server takes the address and the volume over, with all that is on it", async () => {
  await expect(machines.destroyVolume(volume.id)).rejects.toThrow("volumes/4711: is attached to server 1");
  await machines.destroy(1);
  await machines.create({ ...spec, id: 3, address: { ipv4: address.ipv4 } });
  await machines.attachVolume(3, volume);
  await expectOn(3, `mkdir -p /mnt/v && mount ${volume.device} /mnt/v && cat /mnt/v/rows`, "42");
  // IPv6 was not asked for, so the network's own does not show either
  expect(await on(3, "ip -brief -6 address show eth0 scope global")).toBe("");
  await on(3, "umount /mnt/v");
  await machines.detachVolume(3, volume.id);
  expect(await on(3, `[ -e ${volume.device} ] || echo gone`)).toBe("gone");
});

it("a volume may come with a file system, and a server that is off has it when it is on again", async () => {
  const ready = { id: "0a-1b", sizeGibibytes: 1, device: "/dev/disk/by-id/scsi-0DO_Volume_rows" };
  await machines.powerOff(2);
  await machines.attachVolume(2, { ...ready, format: { type: "ext4", label: "rows" } });
  await machines.powerOn(2);
  await expectOn(2, `lsblk --noheadings --output FSTYPE,LABEL ${ready.device}`, "ext4 rows");
  expect(await on(2, "readlink -f /dev/disk/by-label/rows")).toBe(await on(2, `readlink -f ${ready.device}`));
});

it("a server whose address nobody reserved is refused", async () => {
  await machines.releaseAddress(address.ipv6);
  await expect(machines.create({ ...spec, id: 4, address })).rejects.toThrow(
    `machines/4: ${address.ipv6} is not reserved`,
  );
  await expect(machines.create({ ...spec, id: 4, address: { ipv4: address.ipv4 } })).rejects.toThrow(
    `machines/4: ${address.ipv4} leads to another server`,
  );
});

it("nothing of it is left, whoever was killed: no loop device either", async () => {
  expect(await loops()).toHaveLength(1);
  await EmbeddedCloud.removeEveryTrace(network);
  expect(await loops()).toEqual([]);
  expect(await machines.list()).toEqual([]);
});
