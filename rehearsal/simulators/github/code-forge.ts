import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { JsonStore } from "../json-store";
import { found, notFound } from "./answers";
import { newKey } from "./sealed-box";
import { type Account, type Environment, type Forge, now, type Repository, type Role, type Token } from "./state";

/** Under which a repository's things are found: its name, or its number. */
export const ADDRESSES = ["/api/v3/repos/:owner/:repo", "/api/v3/repositories/:id"] as const;

/** The repositories of the simulated GitHub, and who may do what with them. */
export class CodeForge {
  public constructor(private readonly store: JsonStore<Forge>) {}

  public get repositories(): Repository[] {
    return Object.values(this.store.value.repositories);
  }

  public save(): void {
    this.store.save();
  }

  public nextId(): number {
    this.store.value.lastId += 1;
    return this.store.value.lastId;
  }

  public get tokens(): Readonly<Record<string, Token>> {
    return this.store.value.tokens;
  }

  public get accounts(): Account[] {
    return Object.values(this.store.value.accounts);
  }

  /** The account of a login. */
  public account(login: string): Account {
    return found(this.store.value.accounts[login.toLowerCase()]);
  }

  /** Makes an account exist; one that does is left as it is. */
  public addAccount(login: string): Account {
    const { accounts } = this.store.value;
    const account = accounts[login.toLowerCase()] ?? {
      id: this.nextId(),
      login,
      type: "User",
      plan: "free",
      teams: {},
    };
    accounts[login.toLowerCase()] = account;
    return account;
  }

  /** Has a token speak for somebody, and may only so much. */
  public addToken(text: string, token: Token): void {
    this.store.value.tokens[text] = token;
    this.save();
  }

  /** The repository that has left this name; undefined where none has, or another one took it. */
  public renamed(owner: string, name: string): Repository | undefined {
    const fullName = `${owner}/${name}`.toLowerCase();
    if (this.store.value.repositories[fullName] !== undefined) return undefined;
    const id = this.store.value.formerNames[fullName];
    return id === undefined ? undefined : this.findById(String(id));
  }

  /** Gives a repository another name, as its owner does in the settings, or another owner. */
  public rename(from: string, to: string): void {
    const [owner = "", name = ""] = to.split("/");
    const repository = this.find(...(from.split("/") as [string, string]));
    delete this.store.value.repositories[from.toLowerCase()];
    this.store.value.formerNames[from.toLowerCase()] = repository.id;
    this.store.value.repositories[to.toLowerCase()] = repository;
    Object.assign(repository, { owner, name });
    this.addAccount(owner);
    this.save();
  }

  /** Everybody may read what is public. */
  public roleIn(repository: Repository, login: string): Role {
    if (repository.owner.toLowerCase() === login.toLowerCase()) return "admin";
    return repository.collaborators[login.toLowerCase()] ?? (repository.private ? "none" : "read");
  }

  /** Makes a repository exist; one that does is left as it is. */
  public async addRepository(fullName: string): Promise<Repository> {
    const parts = /^([\w.-]+)\/([\w.-]+)$/.exec(fullName);
    if (parts === null) throw new Error(`repository: must be owner/name, got ${JSON.stringify(fullName)}`);
    const existing = this.store.value.repositories[fullName.toLowerCase()];
    if (existing !== undefined) return existing;
    const id = this.nextId();
    const repository: Repository = {
      id,
      owner: parts[1] as string,
      name: parts[2] as string,
      created_at: now(),
      private: false,
      archived: false,
      collaborators: {},
      key: await newKey(this.nextId()),
      secrets: {},
      variables: {},
      environments: {},
      deploy_keys: [],
    };
    this.addAccount(repository.owner);
    this.store.value.repositories[fullName.toLowerCase()] = repository;
    this.save();
    return repository;
  }

  /** The repository of a call's address. */
  public of(context: Context): Repository {
    const { owner = "", repo = "", id } = context.req.param() as { owner?: string; repo?: string; id?: string };
    return id === undefined ? this.find(owner, repo) : this.findById(id);
  }

  public find(owner: string, name: string): Repository {
    const repository = this.store.value.repositories[`${owner}/${name}`.toLowerCase()];
    if (repository === undefined) throw notFound();
    return repository;
  }

  public findById(id: string): Repository {
    const repository = this.repositories.find((candidate) => String(candidate.id) === id);
    if (repository === undefined) throw notFound();
    return repository;
  }

  /** An environment's names differ in more than the case of their letters. */
  public findEnvironment(repository: Repository, name: string): Environment {
    const environment = repository.environments[name.toLowerCase()];
    if (environment === undefined) throw notFound();
    return environment;
  }

  public async addEnvironment(repository: Repository, name: string): Promise<Environment> {
    const time = now();
    const environment: Environment = {
      id: this.nextId(),
      name,
      created_at: time,
      updated_at: time,
      can_admins_bypass: true,
      wait_timer: 0,
      prevent_self_review: false,
      reviewers: [],
      deployment_branch_policy: null,
      branch_policies: [],
      key: await newKey(this.nextId()),
      secrets: {},
      variables: {},
    };
    repository.environments[name.toLowerCase()] = environment;
    return environment;
  }
}

export const nodeId = (): string => Buffer.from(randomUUID()).toString("base64url");
