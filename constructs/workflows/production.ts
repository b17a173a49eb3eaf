import { Document } from "yaml";
import { type Mapping, mappingOf } from "../model/compose-fields";
import { mountedSecrets } from "../model/compose-secrets";
import type { ComposeService } from "../model/compose-service";
import type { HostModel } from "../model/host";
import type { Secret } from "../model/secret";
import { isLateBound } from "../model/token";
import type { BuiltImage, Probe, ProductionServices } from "./model";
import { TrialServices } from "./trial-services";
import { TrialValues } from "./values";

const MIGRATION = "trial-migration";

/** The service of a trial in which a service's test runs. */
export function testService(service: string): string {
  return `trial-test-${service}`;
}

/** Where a test's container has the repository. */
const REPOSITORY = "/repository";

/**
 * The application as it runs in production, for a runner: the same images, commands, health checks and environment, with
 * passwords that a job draws for itself.
 */
export function productionServices(
  host: HostModel,
  secrets: ReadonlyMap<string, Secret>,
  images: readonly BuiltImage[],
  known: Readonly<Record<string, string>>,
): ProductionServices {
  return new Trial(host, secrets, images, known).render();
}

/** The environment of a service for a command that runs on the runner itself. */
export function stepEnvironment(
  host: HostModel,
  secrets: ReadonlyMap<string, Secret>,
  known: Readonly<Record<string, string>>,
  service: string,
): Record<string, string> {
  return new Trial(host, secrets, [], known).stepEnvironment(service);
}

class Trial {
  private readonly values: TrialValues;
  private readonly services: TrialServices;

  constructor(
    private readonly host: HostModel,
    secrets: ReadonlyMap<string, Secret>,
    private readonly images: readonly BuiltImage[],
    known: Readonly<Record<string, string>>,
  ) {
    this.values = new TrialValues(host.app.settings, secrets, known);
    this.services = new TrialServices(host, this.values, images);
  }

  render(): ProductionServices {
    const { app } = this.host;
    const { active } = this.services;
    const built = active.filter(({ name }) => this.services.imageOf(name) !== undefined).map(({ name }) => name);
    const leaning = this.leaningOn(built);
    const once = active.filter((service) => app.isOneShot(service)).map(({ name }) => name);
    const others = active.map(({ name }) => name).filter((name) => !leaning.includes(name));

    const services: Record<string, Mapping> = {};
    for (const service of active) services[service.name] = this.services.entry(service);
    for (const { services: names, test } of this.images) {
      const tested = active.find(({ name }) => name === names[0]);
      if (test?.image && tested !== undefined) services[testService(tested.name)] = this.test(tested, test);
    }
    const { migration } = app;
    const migrated = active.find(({ name }) => name === migration?.service);
    if (migration !== null && migrated !== undefined) {
      services[MIGRATION] = {
        ...this.services.entry(migrated),
        command: this.services.forCompose([...migration.command]),
      };
    }
    const keys = new Set(active.flatMap(({ namedVolumes }) => namedVolumes));
    const sections = {
      services,
      volumes: Object.fromEntries([...keys].map((key) => [key, {}])),
      configs: this.services.configs,
    };
    const filled = Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0);
    const document = new Document(Object.fromEntries(filled));
    return {
      compose: document.toString({ lineWidth: 0, blockQuote: "literal" }).trimEnd(),
      drawn: this.values.drawn,
      stores: others.filter((name) => !once.includes(name)),
      tasks: others.filter((name) => once.includes(name)),
      builtTasks: [
        ...leaning.filter((name) => once.includes(name)),
        ...(services[MIGRATION] === undefined ? [] : [MIGRATION]),
      ],
      services: leaning.filter((name) => !once.includes(name)),
      healthDeadline: app.healthDeadline.toSeconds(),
      probes: this.probes(built),
    };
  }

  stepEnvironment(name: string): Record<string, string> {
    const service = this.services.active.find((item) => item.name === name);
    if (service === undefined) return {};
    const environment = this.services.environment(service);
    // A runner has no /run/secrets: what would be read from a file there comes by its own name.
    for (const [key, variable] of mountedSecrets(this.host.app, service)) {
      for (const [file, value] of Object.entries(environment)) {
        if (value !== `/run/secrets/${key}`) continue;
        delete environment[file];
        environment[file.replace(/_FILE$/, "")] ??= this.values.all[variable] ?? "";
      }
    }
    return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, this.values.forStep(value)]));
  }

  private probes(built: readonly string[]): Probe[] {
    return this.host.sites.flatMap(({ address, routes }) =>
      routes.flatMap(({ service, port, health }) => {
        if (health === null || !built.includes(service)) return [];
        const known = address.kind === "domain" && !isLateBound(address.domain);
        return [{ service, port, path: health, host: known ? address.domain : "" }];
      }),
    );
  }

  private test(
    service: ComposeService,
    { image, folder, command, environment }: NonNullable<BuiltImage["test"]>,
  ): Mapping {
    const runtime = this.services.runtime(service);
    const fields = this.services.forCompose({
      image,
      ...runtime,
      environment: { ...mappingOf(runtime.environment), ...environment },
      entrypoint: ["/bin/sh", "-euc"],
      command: [command],
      working_dir: `${REPOSITORY}/${folder}`.replace(/\/\.$/, ""),
    }) as Mapping;
    return { ...fields, volumes: [`\${GITHUB_WORKSPACE}:${REPOSITORY}`] };
  }

  /** These services, and all that wait for one of them. */
  private leaningOn(names: readonly string[]): readonly string[] {
    const found = new Set(names);
    for (let before = -1; before < found.size; ) {
      before = found.size;
      for (const { name, dependencies } of this.services.active) {
        if (dependencies.some(({ service }) => found.has(service))) found.add(name);
      }
    }
    return this.services.active.map(({ name }) => name).filter((name) => found.has(name));
  }
}
