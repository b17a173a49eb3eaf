import type { ComposeApp } from "./compose";
import { mappingOf, textOf } from "./compose-fields";
import type { ComposeContext } from "./compose-rules";
import type { ComposeService } from "./compose-service";
import { type Faults, joinPath } from "./faults";

/** The secret of the bundle that fills a `secrets:` entry of the compose file: `db-password` is DB_PASSWORD. */
export function secretVariable(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

/** Secrets of the bundle that a service mounts as files, by the keys of the compose file. */
export function mountedSecrets(app: ComposeApp, service: ComposeService): ReadonlyMap<string, string> {
  return new Map(
    service.secrets.map((key) => [
      key,
      textOf(mappingOf(app.document.secrets[key]).environment) ?? secretVariable(key),
    ]),
  );
}

/** A secret of compose's own is filled from the bundle: a file with a secret in it would stand in every plan. */
export function checkSecretFiles(
  app: ComposeApp,
  context: ComposeContext,
  service: ComposeService,
  faults: Faults,
): void {
  for (const [key, name] of mountedSecrets(app, service)) {
    const entry = app.document.secrets[key];
    const { environment, external } = mappingOf(entry);
    if (entry === undefined) {
      const path = joinPath("services", service.name, "secrets");
      faults.add(path, `there is no secret ${key}`, "declare it below secrets:");
    } else if (environment === undefined && !context.secrets.some((secret) => secret.name === name)) {
      // One from the environment is a variable of the file like any other.
      const problem = external === undefined ? "its file stays at home" : "is external, and nobody makes it here";
      faults.add(joinPath("secrets", key), problem, `put ${name} in the SecretsBundle: it takes its place`);
    }
  }
  for (const [variable, path] of Object.entries(service.environment)) {
    if (path?.startsWith("/run/secrets/") && !service.secretFiles.includes(path)) {
      const mounted = service.secretFiles.length === 0 ? "none" : service.secretFiles.join(", ");
      faults.add(
        joinPath("services", service.name, "environment", variable),
        `is ${path}, which the service does not mount`,
        `name the secret below its secrets: (it mounts ${mounted})`,
      );
    }
  }
}
