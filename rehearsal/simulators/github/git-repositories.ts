import { join } from "node:path";
import { GitRepository } from "./git-repository";
import type { Repository } from "./state";

/** What is in the repositories. It goes by their numbers: a new name changes nothing. */
export class GitRepositories {
  private readonly opened = new Map<number, Promise<GitRepository>>();

  public constructor(private readonly folder: string) {}

  public of({ id }: Repository): Promise<GitRepository> {
    const opened = this.opened.get(id) ?? GitRepository.open(join(this.folder, `${id}.git`));
    this.opened.set(id, opened);
    return opened;
  }
}
