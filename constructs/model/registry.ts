import type { Faults } from "./faults";
import { isLateBound } from "./token";

/** Who logs in to a registry, and which variable has the password. */
export interface RegistryLogin {
  /** Whose images they are, or a robot that may read them. */
  readonly username: string;
  /**
   * The sensitive Terraform variable with the password or token; it needs to read packages, nothing more.
   * @default - GHCR_TOKEN for ghcr.io, DOCKERHUB_TOKEN for Docker Hub, REGISTRY_TOKEN for any other
   */
  readonly tokenVariable?: string;
}

/** A registry of private images, and how the server logs in to it. The token is never here: only where it comes from. */
export class Registry {
  /** GitHub's, where a new package is private. The token: a classic one with `read:packages`. */
  static ghcr(login: RegistryLogin): Registry {
    return new Registry("ghcr.io", login.username, login.tokenVariable ?? "GHCR_TOKEN");
  }

  /** Docker Hub, for private images, or for more pulls than strangers get. */
  static dockerHub(login: RegistryLogin): Registry {
    return new Registry("docker.io", login.username, login.tokenVariable ?? "DOCKERHUB_TOKEN");
  }

  /** Any other, by the name that its images begin with: `registry.example:5000`. */
  static at(name: string, login: RegistryLogin): Registry {
    return new Registry(name, login.username, login.tokenVariable ?? "REGISTRY_TOKEN");
  }

  private constructor(
    readonly name: string,
    readonly username: string,
    readonly tokenVariable: string,
  ) {}

  validate(faults: Faults, path: string): void {
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d+)?$/.test(this.name)) {
      const remedy = "write it as its images do, without https:// and without a path: registry.example:5000";
      faults.add(`${path}/name`, `is no registry, got ${JSON.stringify(this.name)}`, remedy);
    }
    // Docker keeps name and password with a colon between them.
    if (!isLateBound(this.username) && !/^[\x21-\x39\x3b-\x7e]+$/.test(this.username)) {
      const remedy = "it has letters, digits and signs, but no colon and no blank";
      faults.add(`${path}/username`, `is no user of a registry, got ${JSON.stringify(this.username)}`, remedy);
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(this.tokenVariable)) {
      faults.add(`${path}/tokenVariable`, `is no name of a variable, got ${JSON.stringify(this.tokenVariable)}`);
    }
  }
}
