import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gitEnvironment } from "./simulators/github/git-repository";

/** Somebody's own copy of a repository, on which they work with git. */
export class Checkout {
  private constructor(
    public readonly folder: string,
    private readonly server: string,
  ) {}

  public static async begin(server: string, repository = "abhi10/chitram", token = "rehearsal"): Promise<Checkout> {
    const folder = mkdtempSync(join(tmpdir(), "checkout-"));
    const checkout = new Checkout(folder, server);
    await checkout.git("init", "--quiet", "--initial-branch=main", ".");
    await checkout.git("remote", "add", "origin", checkout.url(repository, token));
    return checkout;
  }

  public url(repository: string, token: string): string {
    const url = new URL(`${this.server}/${repository}.git`);
    if (token !== "") Object.assign(url, { username: "abhi10", password: token });
    return url.href;
  }

  /** @returns the new commit */
  public async commit(message: string, files: Readonly<Record<string, string>>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  public push(ref = "HEAD:main"): Promise<string> {
    return this.git("push", "--quiet", "origin", ref);
  }

  public git(...argv: string[]): Promise<string> {
    const person = { name: "Abhi", email: "abhi@chitram.example" };
    const env = {
      ...gitEnvironment(),
      ...{ GIT_AUTHOR_NAME: person.name, GIT_AUTHOR_EMAIL: person.email },
      ...{ GIT_COMMITTER_NAME: person.name, GIT_COMMITTER_EMAIL: person.email },
    };
    return new Promise((resolve, reject) => {
      execFile("git", argv, { cwd: this.folder, env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`git ${argv[0]}: ${stderr}`));
      });
    });
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
