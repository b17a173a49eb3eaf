import type { ITerraformDependable } from "cdktf";
import { Annotations, dependable, Fn, Lazy, type TerraformResource, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { joinCloudInit } from "./cloud-init-parts";
import type { CloudServer, HostSettings, MissingCredential, ProvisionedServer } from "./clouds/cloud";
import { type AttachedBucket, HostBuckets } from "./host-buckets";
import { HostConfiguration } from "./host-configuration";
import { HostKeys } from "./host-keys";
import { HostRendering } from "./host-rendering";
import { HostSecrets, type SecretGroups, secretChecksums, secretsDocument } from "./host-secrets";
import { LogicalIds } from "./logical-ids";
import { BackupPlan, type SavedBucket } from "./model/backup";
import { budgetWarnings } from "./model/budget";
import type { AttachedVolume } from "./model/data-volume";
import { Faults } from "./model/faults";
import { type HostModel, validateHost } from "./model/host";
import { Estimate } from "./model/price";
import { Size } from "./model/size";
import { protectRemoved } from "./protection";
import { keepProviderLocks } from "./provider-locks";
import { registryLogins } from "./registry-logins";
import { type SingleHostProps, validateProps } from "./single-host-props";
import { literalText } from "./terraform-text";

/** Backups of a host, as `BackupBucket` sets them up. */
export interface HostBackups {
  readonly plan: BackupPlan;
  /** Terraform's expressions for what restic needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Terraform's expressions for the addresses and passwords of the plan's notices, by `noticeSecret`. */
  readonly notices: Readonly<Record<string, string>>;
}

/** A docker-compose application on one server, in any stack. */
export class SingleHost extends Construct {
  /** As the server, its resources and its environment at GitHub are named. */
  readonly name: string;
  /** The cloud's raw resource, for whatever these props do not offer. */
  readonly server: TerraformResource;
  /** Its public IPv4 address; Terraform knows it once the server is there. */
  readonly ipv4: string;
  /** Its public IPv6 address. */
  readonly ipv6: string;
  /** Where the first site answers. */
  readonly url: string;
  /** How to log in. */
  readonly ssh: string;
  /** The server's lines for a known_hosts file. */
  readonly knownHosts: string;
  /** Whether Terraform refuses to destroy what holds data. */
  readonly protection: boolean;
  /** @internal */
  readonly ids: LogicalIds;
  /** @internal */
  readonly secrets = new HostSecrets();

  private readonly provisioned: ProvisionedServer;
  private readonly configuration: HostConfiguration;
  private readonly keys: HostKeys;
  private readonly adminKeys: readonly string[];
  private readonly registryLogins: Readonly<Record<string, string>>;
  private readonly releaseKeys: string[] = [];
  private readonly warned = new Set<string>();
  private readonly buckets = new HostBuckets();
  private backups: HostBackups | null = null;
  private readonly removedBackups: Construct | null;
  private rendered: HostRendering | null = null;
  private found: Faults | null = null;

  constructor(
    scope: Construct,
    id: string,
    readonly props: SingleHostProps,
  ) {
    super(scope, id);
    this.name = props.name ?? id;
    this.protection = props.protection ?? true;
    this.ids = new LogicalIds(this);
    this.keys = new HostKeys(this, "keys", this.ids, this.protection);
    this.adminKeys = this.collectAdminKeys();
    this.registryLogins = registryLogins(this, props.registries ?? []);
    this.provisioned = this.createServer();
    this.server = this.provisioned.resource;
    this.ipv4 = this.provisioned.ipv4;
    this.ipv6 = this.provisioned.ipv6;
    this.url = this.firstUrl();
    this.ssh = `ssh deploy@${this.ipv4}`;
    this.knownHosts = [this.ipv4, ...this.hostNames].map((host) => `${host} ${this.keys.lasting.publicKey}`).join("\n");
    this.configuration = this.createConfiguration();
    this.removedBackups = this.protection ? protectRemoved(this, this.ids, ["backup_bucket"]) : null;
    this.node.addValidation({ validate: () => this.validate() });
    keepProviderLocks(TerraformStack.of(this));
  }

  /** The cloud that the server stands on. */
  get cloud(): CloudServer {
    return this.props.server;
  }

  /** Everything that the renderers know of this host, with all that has been attached to it by now. */
  get model(): HostModel {
    return this.modelAt(this.ipv4, this.sslipName);
  }

  /** All texts of this host. Throws when something is wrong with what a team wrote. */
  get rendering(): HostRendering {
    if (this.rendered === null && !this.faults.isEmpty) {
      throw new Error(`${this.node.path}:\n  ${this.faults.toLines().join("\n  ")}`);
    }
    this.rendered ??= new HostRendering({
      bundled: this.model,
      // A server cannot name its own address before it exists.
      firstBoot: this.modelAt("", ""),
      bootstrap: this.keys.bootstrap,
    });
    return this.rendered;
  }

  /** What it costs a month, with all that has been attached. */
  get estimate(): Estimate {
    const origin = this.props.dataVolume?.origin;
    return Estimate.sum([
      this.cloud.estimate,
      origin?.kind === "created" ? this.cloud.dataVolumeEstimate(origin.size) : Estimate.free,
      this.buckets.estimate,
    ]);
  }

  /** Lets a key act as `release`: it may ask for releases, and for nothing else. */
  addReleaseKey(publicKey: string): void {
    this.releaseKeys.push(publicKey);
    this.changed();
  }

  /** Takes backups from now on; false when the host has backups already. */
  useBackups(backups: HostBackups): boolean {
    if (this.backups !== null) return false;
    this.backups = backups;
    if (this.removedBackups !== null) this.node.tryRemoveChild(this.removedBackups.node.id);
    this.changed();
    return true;
  }

  /** @internal The configuration waits for it; what the cloud leaves to the host, the host does. False: its name is taken. */
  addBucket(bucket: AttachedBucket): boolean {
    if (!this.buckets.add(bucket)) return false;
    if (bucket.resource !== null) this.configuration.dependOn(bucket.resource);
    if (bucket.resourceName !== null) this.provisioned.adopt(bucket.resourceName);
    this.changed();
    return true;
  }

  /** @internal What backups save of its buckets by default. */
  get savedBuckets(): readonly SavedBucket[] {
    return this.buckets.saved;
  }

  /** @internal Whether two of its buckets were given this name. */
  hasBucketTwice(bucketName: string): boolean {
    return this.buckets.isTwice(bucketName);
  }

  /** Makes the server's configuration wait for a resource that the application needs. */
  waitFor(resource: ITerraformDependable): void {
    this.configuration.dependOn(resource);
  }

  /** @internal Has the server made only after what costs nothing and may be refused. */
  makeAfter(resource: ITerraformDependable): void {
    this.server.dependsOn = [...new Set([...(this.server.dependsOn ?? []), dependable(resource)])];
  }

  /** @internal Whatever was rendered before no longer holds. */
  changed(): void {
    this.rendered = null;
    this.found = null;
  }

  /** @internal One fault a credential, however many constructs need it. */
  reportMissing(faults: Faults, path: string, missing: readonly MissingCredential[]): void {
    // Only a run by the command line goes on to Terraform; tests and editors need no credentials.
    if (process.env.CDKTF_OUTDIR === undefined) return;
    for (const { variable, problem, remedy } of missing) {
      if (this.restsInThisRun) this.warn(`${variable} ${problem}: this stack can not be deployed now.`);
      else faults.add(path, `${variable} ${problem}`, remedy);
    }
  }

  /**
   * An app is synthesized whole, whichever of its stacks is deployed. Where this one's cloud has no credentials and another
   * one's has, it is the other that is meant.
   */
  private get restsInThisRun(): boolean {
    const absent = (host: SingleHost) => host.cloud.missingCredentials(host, process.env).map(({ problem }) => problem);
    if (!absent(this).includes("is not set")) return false;
    const hosts = this.node.root.node.findAll().filter((construct) => construct instanceof SingleHost);
    return hosts.some((host) => absent(host).length === 0);
  }

  private get secretGroups(): SecretGroups {
    const plan = this.backups?.plan;
    return {
      application: this.secrets.expressions,
      backup: this.backups?.environment ?? {},
      notices: this.backups?.notices ?? {},
      registry: this.registryLogins,
      storage: this.buckets.environment(plan?.kind === "restic" && plan.buckets.length > 0),
    };
  }

  private get hostNames(): readonly string[] {
    return [...new Set(this.props.sites.flatMap((site) => site.domains))];
  }

  private get sslipName(): string {
    return `${Fn.replace(this.ipv4, ".", "-")}.sslip.io`;
  }

  private collectAdminKeys(): readonly string[] {
    const { admins } = this.props;
    const lines = admins.map((key) => key.line).filter((line) => line !== "");
    return [...lines, ...this.cloud.existingKeys(this, this.ids, admins)];
  }

  private createServer(): ProvisionedServer {
    const userData = this.lateText(({ userData }) => userData);
    return this.cloud.createServer(this, {
      ...this.settings,
      ids: this.ids,
      userData: joinCloudInit(this, this.ids, userData, this.props.extraCloudInit ?? []),
      deployPublicKey: this.keys.deploy.publicKey,
      protection: this.protection,
    });
  }

  /** What a cloud may have something against. */
  private get settings(): HostSettings {
    const { domains = [], dataVolume = null } = this.props;
    return { name: this.name, domains, hostNames: this.hostNames, dataVolume };
  }

  private createConfiguration(): HostConfiguration {
    const late = (produce: () => Record<string, string>) =>
      Lazy.anyValue({ produce }) as unknown as Record<string, string>;
    return new HostConfiguration(this, "configuration", {
      ids: this.ids,
      server: this.provisioned,
      keys: this.keys,
      files: late(() => (this.faults.isEmpty ? this.rendering.files : { faults: this.faultText })),
      secretChecksums: late(() => secretChecksums(this.secretGroups)),
      bundle: this.lateText(({ bundle }) => bundle),
      secrets: Lazy.stringValue({ produce: () => secretsDocument(this.secretGroups) }),
    });
  }

  /**
   * A rendered text, once all is attached. In place of a faulty host's stand its faults: cdktf resolves a first time before
   * it validates, and what is thrown there would hide the faults of all other constructs.
   */
  private lateText(choose: (rendering: HostRendering) => string): string {
    return Lazy.stringValue({ produce: () => (this.faults.isEmpty ? choose(this.rendering) : this.faultText) });
  }

  private get faultText(): string {
    return literalText(this.faults.toLines().join("\n"));
  }

  private firstUrl(): string {
    const [site] = this.props.sites;
    switch (site?.address.kind) {
      case "domain":
        return `https://${site.address.domain}`;
      case "sslip":
        return `https://${this.sslipName}`;
      default:
        return `http://${this.ipv4}`;
    }
  }

  private modelAt(ipv4: string, sslipName: string): HostModel {
    const { props } = this;
    return {
      name: this.name,
      app: props.app,
      project: props.app.projectName(this.name),
      sites: props.sites,
      acmeEmail: props.acmeEmail ?? null,
      caddyImage: props.caddyImage ?? "caddy:2.10.2-alpine",
      secrets: this.secrets.references,
      deployKeys: [this.keys.deploy.publicKey, ...this.adminKeys],
      releaseKeys: this.releaseKeys,
      ipv4,
      sslipName,
      architecture: this.cloud.architecture,
      capacity: this.cloud.capacity,
      swap: props.swap ?? Size.gibibytes(2),
      journalLimit: props.journalLimit ?? Size.mebibytes(512),
      containerLog: props.containerLog ?? { maximumSize: Size.mebibytes(10), files: 3 },
      rebootWindow: props.rebootWindow ?? "04:30",
      backup: this.backups?.plan ?? BackupPlan.none(),
      dataVolume: this.attachedVolume,
      expiringBuckets: this.buckets.expiring,
    };
  }

  private get attachedVolume(): AttachedVolume | null {
    const { dataVolume } = this.props;
    if (dataVolume === undefined) return null;
    const { origin, volumes } = dataVolume;
    const size = origin.kind === "created" ? origin.size : null;
    return { device: this.provisioned.dataVolume?.device ?? "", size, volumes };
  }

  /** What is wrong with what a team wrote. */
  private get faults(): Faults {
    if (this.found !== null) return this.found;
    const faults = new Faults();
    if (this.ids.rival !== undefined) {
      const path = this.ids.rival.node.path;
      faults.add("id", `${JSON.stringify(this.node.id)} is the id of ${path} too`, "give each host of a stack its own");
    }
    validateProps(this.props, faults);
    faults.addAll("", validateHost(this.model));
    this.cloud.validate(faults, this.settings);
    this.found = faults;
    return faults;
  }

  /** Every fault at once; warnings on the way. */
  private validate(): string[] {
    const faults = new Faults();
    faults.addAll("", this.faults);
    this.reportMissing(faults, "server", this.cloud.missingCredentials(this, process.env));
    if (!this.faults.isEmpty) return faults.toLines();
    const { rendering } = this;
    rendering.validate(faults, this.cloud.userDataLimit, this.props.extraCloudInit ?? []);
    for (const warning of [...rendering.warnings, ...budgetWarnings(this.estimate, this.props.monthlyBudget ?? null)]) {
      this.warn(warning);
    }
    return faults.toLines();
  }

  /** Validation may run more than once; a team reads a warning once. */
  private warn(message: string): void {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    Annotations.of(this).addWarning(message);
  }
}
