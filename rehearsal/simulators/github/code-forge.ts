import { randomUUID } from "node:crypto";
import type { JsonStore } from "../json-store";
import { notFound } from "./answers";
import { newKey } from "./sealed-box";
import { type Environment, type Forge, now, type Repository } from "./state";

/** The repositories of the simulated GitHub. */
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
      key: await newKey(this.nextId()),
      secrets: {},
      variables: {},
      environments: {},
      deploy_keys: [],
    };
    this.store.value.repositories[fullName.toLowerCase()] = repository;
    this.save();
    return repository;
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
