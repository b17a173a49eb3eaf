import { type Architecture, validateArchitecture } from "./architecture";
import type { BackupPlan } from "./backup";
import { type Capacity, validateCapacity } from "./capacity";
import type { ComposeApp } from "./compose";
import type { ComposeContext } from "./compose-rules";
import { type AttachedVolume, validateDataVolume } from "./data-volume";
import { Faults } from "./faults";
import { checkImageName } from "./image-name";
import { isMailAddress } from "./mail-address";
import { repeated, type Site, type SiteContext } from "./site";
import type { Size } from "./size";
import { checkTime } from "./time-of-day";
import { isLateBound } from "./token";

/** A secret by its name, and the services that get it besides those that refer to it. Its value is never here. */
export interface SecretReference {
  readonly name: string;
  readonly services: readonly string[];
}

/** A versioned bucket whose cloud does not remove old versions: the host does. */
export interface ExpiringBucket {
  /** `https://nbg1.your-objectstorage.com`; may be late-bound. */
  readonly endpoint: string;
  readonly region: string;
  /** Its name; may be late-bound. */
  readonly bucket: string;
  /** How long a version is kept after a newer one, or a deletion, has taken its place. */
  readonly days: number;
}

/** Everything that renderers need to know of a host. Nothing is optional: absence is a value. */
export interface HostModel {
  readonly name: string;
  readonly app: ComposeApp;
  /** The compose project: `app.projectName(name)`. */
  readonly project: string;
  readonly sites: readonly Site[];
  /** Where the certificate authority writes to. */
  readonly acmeEmail: string | null;
  /** `caddy:2.10.2-alpine` */
  readonly caddyImage: string;
  readonly secrets: readonly SecretReference[];
  /** May be late-bound. */
  readonly deployKeys: readonly string[];
  /** May be late-bound. */
  readonly releaseKeys: readonly string[];
  /** May be late-bound. */
  readonly ipv4: string;
  /** `203-0-113-7.sslip.io`; may be late-bound. Used by `Site.onSslip` only. */
  readonly sslipName: string;
  /** The server's processor. */
  readonly architecture: Architecture;
  /** Null where it is not known. */
  readonly capacity: Capacity | null;
  readonly swap: Size;
  readonly journalLimit: Size;
  readonly containerLog: { readonly maximumSize: Size; readonly files: number };
  /** Time of day at which security updates may reboot the server: `04:30`. */
  readonly rebootWindow: string;
  readonly backup: BackupPlan;
  /** Null: named volumes live on the server's own disk. */
  readonly dataVolume: AttachedVolume | null;
  readonly expiringBuckets: readonly ExpiringBucket[];
}

/** Services that sites send requests to. */
export function upstreamsOf(host: HostModel): readonly string[] {
  return [...new Set(host.sites.flatMap((site) => site.services))];
}

/** What the host's application is checked and rendered against. */
export function composeContext(host: HostModel): ComposeContext {
  const usedElsewhere = host.sites.flatMap((site) => site.basicAuth.map((auth) => auth.secret));
  return { secrets: host.secrets, upstreams: upstreamsOf(host), usedElsewhere };
}

/** Below /srv, where the application's folder has the host's name. */
const OWN_FOLDERS = ["edge", "volume"];

/**
 * Checks a whole host: its application, its sites, its own settings. Paths begin with `app`, `sites`, and so on. Backups
 * are checked where a team writes them (`validateBackup`).
 */
export function validateHost(host: HostModel): Faults {
  const faults = new Faults();
  host.app.validate(faults, "app", composeContext(host));
  if (OWN_FOLDERS.includes(host.name)) {
    faults.add("name", `/srv/${host.name} on the server is the host's own`, "choose another name");
  }
  const { app, architecture, capacity } = host;
  if (app.services.size > 0) {
    validateArchitecture(faults, "app", { app, upstreams: upstreamsOf(host), architecture });
    validateCapacity(faults, "app", { app, upstreams: upstreamsOf(host), capacity });
  }
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(host.project)) {
    const remedy = "use lower-case letters, digits, - and _: app name";
    faults.add("app/name", `is not a compose project name: ${JSON.stringify(host.project)}`, remedy);
  }
  checkSites(host, faults);
  checkTime(faults, "rebootWindow", host.rebootWindow);
  if (host.acmeEmail !== null && !isLateBound(host.acmeEmail) && !isMailAddress(host.acmeEmail)) {
    faults.add("acmeEmail", `must be an address for mail, got ${JSON.stringify(host.acmeEmail)}`);
  }
  checkImageName(faults, "caddyImage", host.caddyImage);
  if (host.dataVolume !== null && host.app.services.size > 0) {
    validateDataVolume(faults, "dataVolume", host.dataVolume.volumes, { app: host.app, upstreams: upstreamsOf(host) });
  }
  for (const { bucket, days } of host.expiringBuckets) {
    if (!Number.isInteger(days) || days < 1) {
      faults.add(`buckets/${bucket}`, `keeps old versions ${days} days`, "keep them one day at least");
    }
  }
  for (const twice of repeated(host.secrets.map((secret) => secret.name))) {
    faults.add(`secrets/${twice}`, "is given twice", "give it once");
  }
  return faults;
}

function checkSites(host: HostModel, faults: Faults): void {
  // A compose file that can't be read has no services: naming that for each site would bury the cause.
  const services = host.app.services;
  const context = { services, secrets: host.secrets.map((secret) => secret.name) };
  for (const site of host.sites) {
    const path = `sites/${site.label}`;
    if (services.size > 0) {
      site.validate(faults, path, context);
      const active = host.app.activeServices(upstreamsOf(host)).map((service) => service.name);
      for (const service of site.services.filter((name) => services.has(name) && !active.includes(name))) {
        faults.add(`${path}/service`, `${service} starts only with a profile`, "add the profile to the app's profiles");
      }
    } else {
      site.validate(faults, path, { ...context, services: assumedServices(site) });
    }
  }
  for (const twice of repeated(host.sites.flatMap((site) => site.domains.map((domain) => domain.toLowerCase())))) {
    faults.add(`sites/${twice}`, "belongs to two sites", "a domain has one site; give its paths to that");
  }
  for (const kind of ["address", "sslip"] as const) {
    if (host.sites.filter((site) => site.address.kind === kind).length > 1) {
      faults.add(`sites/${kind}`, "stands twice", "a server has one such site; give its paths to that");
    }
  }
}

/** Stand-ins, so that a site is checked for all but its services. */
function assumedServices(site: Site): SiteContext["services"] {
  return new Map(site.services.map((name) => [name, { networkMode: null, containerPorts: [] }]));
}
