import type { NameServer } from "./machine-host";

/** One name server that several clouds publish to. Each speaks of its own names alone; what the others said stays. */
export class MergedNames {
  private readonly published = new Map<string, Record<string, string[]>>();
  private work: Promise<unknown> = Promise.resolve();

  public constructor(private readonly nameServer: NameServer) {}

  /** The name server as one cloud sees it. */
  public of(cloud: string): NameServer {
    return {
      setNames: (names) => {
        this.published.set(cloud, names);
        const all = this.merged();
        // one after the other, so that the last ones that were told are the last ones set
        const set = this.work.then(async () => this.nameServer.setNames(all));
        this.work = set.catch(() => {});
        return set;
      },
    };
  }

  /** A name that two clouds have leads to the servers of both. */
  private merged(): Record<string, string[]> {
    const all: Record<string, string[]> = {};
    for (const names of this.published.values()) {
      for (const [name, addresses] of Object.entries(names)) {
        all[name] = [...new Set([...(all[name] ?? []), ...addresses])];
      }
    }
    return all;
  }
}
