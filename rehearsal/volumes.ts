import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudRecord } from "./cloud-record";
import { command } from "./command";
import type { RehearsalNetwork } from "./network";

/** A volume as its cloud was asked for it. */
export interface VolumeSpec {
  readonly id: string;
  readonly sizeGibibytes: number;
  /** The path that the cloud promises in the server. */
  readonly device: string;
  /** @default - it comes without a file system */
  readonly format?: VolumeFormat;
}

export interface VolumeFormat {
  readonly type: "ext4";
  /** @default - the file system has none */
  readonly label?: string;
}

/** The container that a volume is shown in. */
export interface VolumeHolder {
  readonly id: number;
  readonly container: string;
  readonly running: boolean;
}

interface Attachment {
  readonly serverId: number;
  readonly loop: string;
  readonly device: string;
}

const program = readFileSync(join(__dirname, "servers", "volumes"), "utf8");

/**
 * Disks that outlive servers: each a sparse file behind a loop device of this machine's kernel. The device stays for
 * as long as the volume does, servers only get to see it: what one has written is there for the next.
 */
export class Volumes {
  private lastShown: Promise<void> = Promise.resolve();

  public constructor(private readonly network: RehearsalNetwork) {}

  /** Shows a volume to a server, now and at each start. The first time makes it. */
  public async attach(server: VolumeHolder, { id, device, sizeGibibytes, format }: VolumeSpec): Promise<void> {
    this.refuseAttached(id, server.id);
    mkdirSync(this.folder, { recursive: true });
    const formatted = format === undefined ? [] : [format.label ?? ""];
    const { stdout } = await this.work(["open", id, bytesOf(sizeGibibytes), ...formatted]);
    const [, loop] = stdout.match(/^\/dev\/loop(\d+)$/m) ?? [];
    if (loop === undefined) throw new Error(`volumes/${id}: it has no loop device; it has ${JSON.stringify(stdout)}`);
    mkdirSync(this.attachmentFolder, { recursive: true });
    writeFileSync(this.attachmentFile(id), JSON.stringify({ serverId: server.id, loop, device } satisfies Attachment));
    await this.show(server);
  }

  /** Takes a volume out of a server's sight. What the server has mounted stays mounted. */
  public async detach(server: VolumeHolder, id: string): Promise<void> {
    if (this.attachment(id)?.serverId !== server.id) return;
    rmSync(this.attachmentFile(id));
    await this.show(server);
  }

  /** The server is gone: its volumes are attached to nothing. */
  public releaseAll(serverId: number): void {
    for (const id of this.attachedTo(serverId)) rmSync(this.attachmentFile(id), { force: true });
  }

  /** Makes a volume larger. The kernel tells the server at once. */
  public async resize(id: string, sizeGibibytes: number): Promise<void> {
    if (existsSync(join(this.folder, id))) await this.work(["grow", id, bytesOf(sizeGibibytes)]);
  }

  public async destroy(id: string): Promise<void> {
    this.refuseAttached(id, null);
    if (existsSync(join(this.folder, id))) await this.work(["close", id]);
  }

  /** Frees every loop device and removes every file, however the run that made them ended. */
  public async removeEveryTrace(): Promise<void> {
    const names = existsSync(this.folder) ? readdirSync(this.folder) : [];
    if (names.length > 0) await this.work(["close", ...names]);
  }

  private refuseAttached(id: string, allowed: number | null): void {
    if (!/^[A-Za-z0-9-]+$/.test(id)) throw new Error(`volumes/${id}: must be letters, digits and dashes`);
    const { serverId = allowed } = this.attachment(id) ?? {};
    if (serverId !== allowed) throw new Error(`volumes/${id}: is attached to server ${serverId}; detach it first`);
  }

  private attachment(id: string): Attachment | null {
    const file = this.attachmentFile(id);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  }

  private attachedTo(serverId: number): string[] {
    const ids = existsSync(this.attachmentFolder) ? readdirSync(this.attachmentFolder) : [];
    return ids.filter((id) => this.attachment(id)?.serverId === serverId).sort();
  }

  /** Writes the server's own list, which it reads at each start; one that is off has it too. One after the other. */
  private show(server: VolumeHolder): Promise<void> {
    const shown = this.lastShown.then(async () => {
      const attached = this.attachedTo(server.id).map((id) => this.attachment(id) as Attachment);
      const list = join(this.network.stateFolder, `volumes-of-${server.id}`);
      writeFileSync(list, attached.map(({ loop, device }) => `${loop} ${device}\n`).join(""));
      try {
        await command(["docker", "cp", list, `${server.container}:/etc/rehearsal/volumes`]);
        if (server.running) await command(["docker", "exec", server.container, "/sbin/simulated-disks"]);
      } finally {
        rmSync(list);
      }
    });
    this.lastShown = shown.catch(() => {});
    return shown;
  }

  private get folder(): string {
    return join(this.network.stateFolder, "volumes");
  }

  private get attachmentFolder(): string {
    return join(this.network.stateFolder, "attachments");
  }

  private attachmentFile(id: string): string {
    return join(this.attachmentFolder, id);
  }

  /** Loop devices are root's: the server image brings the tools, and the engine the rights. */
  private async work(argv: readonly string[]): Promise<{ stdout: string }> {
    const { server } = CloudRecord.read(this.network).images;
    const rights = [
      "--cap-add",
      "SYS_ADMIN",
      "--device-cgroup-rule",
      "b 7:* rwm",
      "--device-cgroup-rule",
      "c 10:237 rwm",
    ];
    const run = ["docker", "run", "--rm", "--interactive", "--network", "none", ...rights];
    const place = ["--volume", `${this.folder}:/volumes`, "--entrypoint", "bash", server, "-s", "--"];
    return command([...run, ...place, ...argv], { input: program });
  }
}

const bytesOf = (gibibytes: number): string => String(gibibytes * 1024 ** 3);
