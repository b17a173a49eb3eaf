import type { Construct } from "constructs";
import { givenVariable } from "./given-variable";
import type { Registry } from "./model/registry";
import { literalText } from "./terraform-text";

/** Terraform's expressions for how the server logs in, by registry: objects of username and password. */
export function registryLogins(scope: Construct, registries: readonly Registry[]): Readonly<Record<string, string>> {
  const logins = registries.map(({ name, username, tokenVariable }) => {
    const token = givenVariable(scope, tokenVariable, `${tokenVariable}, with which the server pulls from ${name}.`);
    return [name, `{username = ${JSON.stringify(literalText(username))}, password = ${token}}`] as const;
  });
  return Object.fromEntries(logins);
}
