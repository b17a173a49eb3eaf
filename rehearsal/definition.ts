import type { Visitor } from "./visitor";

/** One thing that a user of the deployed application would notice. */
export interface Check {
  readonly name: string;
  /** Looks from outside; returns what it saw in a few words, throws when it is not right. */
  run(visitor: Visitor): Promise<string>;
}

/**
 * What a team says about the rehearsal of its stack, in `stacks/<stack>/rehearsal.ts`. All else is read from
 * the stack itself.
 */
export interface RehearsalDefinition {
  /**
   * Folder with a Dockerfile that stands behind an image's name, by that name.
   * @default - every image of the compose file is one that the embedded cloud's registry holds
   */
  readonly images?: Readonly<Record<string, string>>;
  /**
   * Values of the stack's variables.
   * @default - each variable without a default gets a random value
   */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * What is checked besides HTTPS, health, the secrets in GitHub and the empty second plan.
   * @default - nothing more
   */
  readonly checks?: readonly Check[];
}
