import { noticeSecret } from "../constructs/model/backup";
import type { ComposeService } from "../constructs/model/compose-service";
import { type HostModel, upstreamsOf } from "../constructs/model/host";
import type { Notice } from "../constructs/model/notice";
import { basicAuthFiles, siteAddress } from "./caddyfile";
import { EDGE } from "./edge";

/** Renders host.json, which the program on the server reads. Every key is always there. */
export function renderHostJson(host: HostModel): string {
  const upstreams = upstreamsOf(host);
  return text({
    ...machineSettings(host),
    ipv4: host.ipv4,
    application: {
      ...applicationIdentity(host),
      profiles: host.app.profiles,
      settings: { ...unusedVariables(host), ...host.app.settings },
      secrets: host.secrets.map((secret) => secret.name).sort(),
      services: Object.fromEntries(
        host.app.activeServices(upstreams).map((service) => [service.name, serviceSettings(host, service)]),
      ),
      left_out: host.app.leftOut(upstreams),
      migration: migrationSettings(host),
      health_seconds: host.app.healthDeadline.toSeconds(),
    },
    sites: host.sites.map((site) => ({
      address: siteAddress(host, site),
      names: site.address.kind === "sslip" ? [host.sslipName] : site.domains,
      tls: site.address.kind !== "address",
      upstreams: site.routes.map(({ service, port, path, health }) => ({ service, port, path, health: health ?? "/" })),
    })),
    basic_auth: host.sites.flatMap((site, index) =>
      basicAuthFiles(site, index).map(({ auth, file }) => ({ file, user: auth.user, secret: auth.secret })),
    ),
    backup: backupSettings(host),
    data_volume: dataVolumeSettings(host),
    expiring_buckets: host.expiringBuckets.map(({ endpoint, region, bucket, days }) => ({
      endpoint,
      region,
      bucket,
      days,
    })),
  });
}

/**
 * Renders the first host.json, for user data: the machine's own settings. It knows neither the address, which user data
 * can't hold before the server is there, nor anything of the application, which comes over SSH.
 */
export function renderFirstHostJson(host: HostModel): string {
  return text({
    ...machineSettings(host),
    ipv4: "0.0.0.0",
    application: { ...applicationIdentity(host), profiles: [], settings: {}, secrets: [], services: {}, left_out: [] },
    sites: [],
    basic_auth: [],
    backup: null,
    data_volume: null,
    expiring_buckets: [],
  });
}

function machineSettings(host: HostModel): Record<string, unknown> {
  return {
    format: 1,
    name: host.name,
    ipv4: null,
    deploy_keys: host.deployKeys,
    release_keys: host.releaseKeys,
    swap_mebibytes: host.swap.toMebibytes(),
    journal_mebibytes: host.journalLimit.toMebibytes(),
    container_log: {
      max_size: `${host.containerLog.maximumSize.toMebibytes()}m`,
      max_file: host.containerLog.files,
    },
    reboot_window: host.rebootWindow,
    edge: { subnet: EDGE.subnet, gateway: EDGE.gateway, image: host.caddyImage },
  };
}

function applicationIdentity(host: HostModel): Record<string, unknown> {
  return { name: host.name, project: host.project, compose_file: host.app.composeFile };
}

function serviceSettings(host: HostModel, service: ComposeService): Record<string, unknown> {
  const ports = host.sites.flatMap((site) => site.routes.filter((route) => route.service === service.name));
  return {
    image: service.image ?? "",
    released: service.released,
    expose_to_edge: [...new Set(ports.map((route) => route.port))].sort((a, b) => a - b),
    mounts_files: service.files.travelling,
    one_shot: host.app.isOneShot(service),
    runs_twice: host.app.runsTwice.includes(service.name),
  };
}

function migrationSettings(host: HostModel): Record<string, unknown> | null {
  const { migration } = host.app;
  if (migration === null) return null;
  const { service, command, timeout } = migration;
  return { service, command, seconds: timeout?.toSeconds() ?? 600 };
}

/** compose wants a value for every variable of the file, those of services that do not start too. */
function unusedVariables(host: HostModel): Record<string, string> {
  const active = host.app.activeServices(upstreamsOf(host)).map((service) => service.name);
  const given = new Set([...Object.keys(host.app.settings), ...host.secrets.map((secret) => secret.name)]);
  const unused = [...host.app.variables.values()].filter(
    (variable) =>
      variable.needsValue &&
      !given.has(variable.name) &&
      variable.services.length > 0 &&
      !variable.services.some((service) => active.includes(service)),
  );
  return Object.fromEntries(unused.map((variable) => [variable.name, "not-used"]));
}

function backupSettings(host: HostModel): Record<string, unknown> | null {
  if (host.backup.kind === "none") {
    return null;
  }
  const upstreams = upstreamsOf(host);
  const { repository, region, schedule, retention, exclude, paths, limits, drill, restoreFrom, notices } = host.backup;
  return {
    repository,
    region,
    schedule,
    keep: { daily: retention.daily, weekly: retention.weekly, monthly: retention.monthly },
    postgres: host.app.postgresServices(upstreams).map((service) => ({ service })),
    volumes: host.app.backedUpVolumes(host.project, upstreams),
    exclude,
    paths,
    buckets: host.backup.buckets.map(({ name, endpoint, region, bucket }) => ({ name, endpoint, region, bucket })),
    limits: {
      upload_kibibytes: limits.upload === null ? 0 : Math.round(limits.upload.toBytes() / 1024),
      cpu_percent: limits.cpuPercent,
    },
    drill: drill.schedule,
    restore_from: restoreFrom,
    notices: notices.map(({ kind, mail }, index) => ({ kind, secret: noticeSecret(index), mail: mailSettings(mail) })),
  };
}

function mailSettings(mail: Notice["mail"]): Record<string, unknown> | null {
  if (mail === null) return null;
  const { to, from, server, user } = mail;
  return { to, from, server, user };
}

function dataVolumeSettings(host: HostModel): Record<string, unknown> | null {
  if (host.dataVolume === null) {
    return null;
  }
  const { device, size, volumes } = host.dataVolume;
  return {
    device,
    // A larger size must show as a change: the file system grows with the next apply.
    size_mebibytes: size === null ? null : size.toMebibytes(),
    volumes: volumes.map((key) => ({ name: host.app.volumeName(key, host.project), folder: key })),
  };
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
