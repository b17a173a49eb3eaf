import type { ComposeApp } from "./compose";
import { checkSecretFiles, secretVariable } from "./compose-secrets";
import type { ComposeService } from "./compose-service";
import { isSecretDefault, looksSecret } from "./compose-variables";
import { Faults, joinPath } from "./faults";
import { checkImageName } from "./image-name";

/** What an application is checked against. */
export interface ComposeContext {
  /** Secrets of the bundle, by name, and the services that get them besides those that refer to them. */
  readonly secrets: readonly { readonly name: string; readonly services: readonly string[] }[];
  /** Services that sites send requests to. */
  readonly upstreams: readonly string[];
  /** Secrets that are read outside the application, as passwords of sites are. */
  readonly usedElsewhere: readonly string[];
}

export interface ComposeFindings {
  readonly faults: Faults;
  readonly warnings: string[];
}

/** Holds a compose file that could be read against the rules of a host. */
export function checkCompose(app: ComposeApp, context: ComposeContext): ComposeFindings {
  const findings: ComposeFindings = { faults: new Faults(), warnings: [] };
  checkNames(app, context, findings);
  checkLeftOut(app, context, findings);
  for (const service of app.activeServices(context.upstreams)) {
    findings.faults.addAll("", service.files.faults);
    checkImage(service, findings);
    checkPrivileges(app, service, findings);
    checkDependencies(app, context, service, findings);
    checkSecretFiles(app, context, service, findings.faults);
    checkMounts(app, service, findings);
  }
  checkForgottenVolumes(app, context, findings);
  checkVariables(app, context, findings);
  checkUse(app, context, findings);
  return findings;
}

const SERVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkMigration({ migration, images }: ComposeApp, faults: Faults): void {
  if (migration === null) return;
  const { service, command, timeout } = migration;
  if (!Object.hasOwn(images, service)) {
    const remedy = `choose one of ${listed(Object.keys(images))}, whose images releases change`;
    faults.add("migration/service", `must be one of \`images\`, got ${JSON.stringify(service)}`, remedy);
  }
  if (command.length === 0 || command.some((word) => word.includes("\0"))) {
    faults.add("migration/command", "is no command", 'give its words: ["alembic", "upgrade", "head"]');
  }
  const seconds = timeout?.toSeconds() ?? 1;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) {
    faults.add("migration/timeout", `must be 1 second to 1 day, got ${timeout}`);
  }
}

function checkHealthDeadline({ healthDeadline }: ComposeApp, faults: Faults): void {
  const seconds = healthDeadline.toSeconds();
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) {
    faults.add("healthDeadline", `must be 1 second to 1 day, got ${healthDeadline}`);
  }
}

/** Names in the props that the file, the settings or the bundle do not have. */
function checkNames(app: ComposeApp, context: ComposeContext, { faults }: ComposeFindings): void {
  const services = [...app.services.keys()];
  const isService = (path: string, name: string) => {
    if (!app.services.has(name)) {
      faults.add(joinPath(path, name), `${app.composeFile} has no service ${name}`, `it has ${listed(services)}`);
    }
  };
  const values = [...Object.keys(app.settings), ...context.secrets.map((secret) => secret.name)];
  for (const name of services.filter((name) => !SERVICE_NAME.test(name))) {
    faults.add(joinPath("services", name), "is not a name for a service", "use letters, digits, . _ and -");
  }
  for (const name of Object.keys(app.images)) {
    isService("images", name);
  }
  for (const allowance of app.allow) {
    isService("allow", allowance.service);
  }
  for (const name of app.runsTwice) {
    isService("runsTwice", name);
  }
  checkMigration(app, faults);
  checkHealthDeadline(app, faults);
  for (const [service, names] of Object.entries(app.environment)) {
    isService("environment", service);
    for (const name of names.filter((name) => !values.includes(name))) {
      faults.add(joinPath("environment", service), `${name} is neither a setting nor a secret`, "give it a value");
    }
  }
  for (const secret of context.secrets) {
    for (const service of secret.services) {
      isService(joinPath("secrets", secret.name), service);
    }
  }
  for (const name of Object.keys(app.settings)) {
    if (!VARIABLE_NAME.test(name)) {
      faults.add(joinPath("settings", name), "is not a name for a variable", "use letters, digits and _");
    }
    if (context.secrets.some((secret) => secret.name === name)) {
      faults.add(joinPath("settings", name), "is a secret too", "keep it in the SecretsBundle alone");
    }
    if (/[\0\p{Surrogate}]/u.test(app.settings[name] ?? "")) {
      faults.add(joinPath("settings", name), "holds what no environment can hold", "NUL and half characters must go");
    }
  }
  const known = new Set([...app.services.values()].flatMap((service) => service.profiles));
  for (const profile of app.profiles.filter((profile) => !known.has(profile))) {
    faults.add("profiles", `no service has the profile ${profile}`, `the file has ${listed([...known])}`);
  }
}

function checkLeftOut(app: ComposeApp, context: ComposeContext, { warnings }: ComposeFindings): void {
  for (const name of app.leftOut(context.upstreams)) {
    warnings.push(
      `${app.composeFile}: service ${name} publishes port 80 or 443 and is left out, because this host's own Caddy ` +
        "answers there; name it in a site to keep it behind Caddy.",
    );
  }
}

function checkImage(service: ComposeService, { faults }: ComposeFindings): void {
  if (service.image === null) {
    const problem = service.built ? "is built, and names no image" : "has neither image nor build";
    const remedy = `name the image that your pipeline pushes: images: { ${JSON.stringify(service.name)}: "..." }`;
    faults.add(joinPath("services", service.name), problem, remedy);
  } else if (service.released || !service.image.includes("$")) {
    // A variable in the file's own name is compose's to fill in.
    const path = service.released ? ["images", service.name] : ["services", service.name, "image"];
    checkImageName(faults, joinPath(...path), service.image);
  }
}

function checkPrivileges(app: ComposeApp, service: ComposeService, { faults }: ComposeFindings): void {
  for (const privilege of service.privileges) {
    const allowed = app.allow.some((item) => item.service === service.name && item.kind === privilege.kind);
    if (!allowed) {
      const remedy = `drop it, or allow it by name: allow: [Allow.${privilege.kind}(${JSON.stringify(service.name)})]`;
      faults.add(
        joinPath("services", service.name),
        `${privilege.said} makes its container as strong as root on the server`,
        remedy,
      );
    }
  }
}

function checkDependencies(
  app: ComposeApp,
  context: ComposeContext,
  service: ComposeService,
  { faults }: ComposeFindings,
): void {
  const active = app.activeServices(context.upstreams).map((item) => item.name);
  const leftOut = app.leftOut(context.upstreams);
  for (const { service: needed, required } of service.dependencies) {
    const path = joinPath("services", service.name, "depends_on");
    if (!app.services.has(needed)) {
      faults.add(path, `there is no service ${needed}`, "correct the name");
    } else if (required && !active.includes(needed) && !leftOut.includes(needed)) {
      faults.add(path, `${needed} starts only with a profile`, `add it: profiles: [${profilesOf(app, needed)}]`);
    }
  }
  for (const bond of service.bonds.filter((bond) => leftOut.includes(bond))) {
    faults.add(
      joinPath("services", service.name),
      `is tied to ${bond}, which publishes port 80 or 443 and is left out`,
      `drop volumes_from or network_mode to ${bond}`,
    );
  }
}

function profilesOf(app: ComposeApp, service: string): string {
  return (app.services.get(service)?.profiles ?? []).map((profile) => JSON.stringify(profile)).join(", ");
}

function checkMounts(app: ComposeApp, service: ComposeService, { faults, warnings }: ComposeFindings): void {
  for (const key of service.namedVolumes.filter((key) => !Object.hasOwn(app.document.volumes, key))) {
    faults.add(joinPath("services", service.name, "volumes"), `there is no volume ${key}`, "declare it below volumes:");
  }
  for (const made of service.files.made) {
    warnings.push(
      `${app.composeFile}: service ${service.name} mounts ./${made}, which is not there: an empty folder is made on the ` +
        "server, and no backup holds it; use a named volume for data.",
    );
  }
}

function checkForgottenVolumes(app: ComposeApp, context: ComposeContext, { warnings }: ComposeFindings): void {
  for (const key of app.forgottenVolumes(context.upstreams)) {
    warnings.push(
      `${app.composeFile}: the volume ${key} is mounted by PostgreSQL alone, which is dumped: no backup holds what else ` +
        "lies in it.",
    );
  }
}

function checkVariables(app: ComposeApp, context: ComposeContext, { faults, warnings }: ComposeFindings): void {
  const active = app.activeServices(context.upstreams).map((service) => service.name);
  for (const variable of app.variables.values()) {
    const given =
      Object.hasOwn(app.settings, variable.name) || context.secrets.some((secret) => secret.name === variable.name);
    const used = variable.services.length === 0 || variable.services.some((service) => active.includes(service));
    if (given || !used) {
      continue;
    }
    const path = joinPath("variables", variable.name);
    const fill = `put ${variable.name} in the SecretsBundle`;
    if (variable.defaults.some((fallback) => isSecretDefault(variable.name, fallback))) {
      faults.add(path, "looks secret, and its default stands in the compose file", fill);
    } else if (variable.needsValue) {
      faults.add(path, "has no value and no default", looksSecret(variable.name) ? fill : "give it in settings");
    } else if (variable.defaults.length === 0 && looksSecret(variable.name)) {
      faults.add(path, "is taken from the environment and has no value", fill);
    }
  }
  for (const service of app.activeServices(context.upstreams)) {
    const open = Object.entries(service.literals).filter(([name, value]) => isSecretDefault(name, value));
    for (const [name] of open) {
      warnings.push(`${app.composeFile}: service ${service.name} has the value of ${name} in the file itself.`);
    }
  }
}

/** Settings and secrets that nothing refers to, which is most often a misspelt name. */
function checkUse(app: ComposeApp, context: ComposeContext, { warnings }: ComposeFindings): void {
  const takesAll = app.activeServices(context.upstreams).some((service) => service.files.home.length > 0);
  if (takesAll) {
    return;
  }
  const exposed = new Set([...Object.values(app.environment).flat(), ...context.usedElsewhere]);
  const filling = new Set(Object.keys(app.document.secrets).map(secretVariable));
  const names = [
    ...Object.keys(app.settings).map((name) => ({ name, kind: "setting", exposed: false })),
    ...context.secrets.map((secret) => ({ name: secret.name, kind: "secret", exposed: secret.services.length > 0 })),
  ];
  for (const item of names) {
    if (!item.exposed && !exposed.has(item.name) && !filling.has(item.name) && !app.variables.has(item.name)) {
      warnings.push(`${app.composeFile}: nothing refers to the ${item.kind} ${item.name}.`);
    }
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
