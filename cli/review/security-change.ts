/** A change of who reaches what, or of what holds them off. */
export interface SecurityChange {
  /** `opens`: somebody can do more than before; `closes`: less; `begins`: it is so from the start; `look`: nobody knows here. */
  readonly effect: "opens" | "closes" | "begins" | "look";
  /** In this library's words. */
  readonly what: string;
  /** Somebody else's text: a port, a key, a name. */
  readonly subject: string;
}
