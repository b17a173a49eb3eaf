import type { ComposeApp } from "./compose";
import { type Mapping, mappingOf, textOf } from "./compose-fields";
import { type Faults, joinPath } from "./faults";
import { Size } from "./size";

/** How much a server has. */
export interface Capacity {
  readonly vcpus: number;
  readonly memory: Size;
}

/** What a service may have, or wants for itself. Null: nothing said, or nothing that can be read. */
export interface ServiceResources {
  readonly cpus: number | null;
  readonly memory: Size | null;
}

/** Reads `deploy.resources.limits`, or the older fields beside it. */
export function limitsOf(fields: Mapping): ServiceResources {
  const { cpus, memory } = mappingOf(mappingOf(mappingOf(fields.deploy).resources).limits);
  return { cpus: numberOf(cpus ?? fields.cpus), memory: memoryOf(memory ?? fields.mem_limit) };
}

/** Reads `deploy.resources.reservations`, or the older field beside it. */
export function reservationsOf(fields: Mapping): ServiceResources {
  const { cpus, memory } = mappingOf(mappingOf(mappingOf(fields.deploy).resources).reservations);
  return { cpus: numberOf(cpus), memory: memoryOf(memory ?? fields.mem_reservation) };
}

/** An application, the services that sites send requests to, and the server that it is for; null where none is known. */
export interface CapacityUse {
  readonly app: ComposeApp;
  readonly upstreams: readonly string[];
  readonly capacity: Capacity | null;
}

/** Checks what services want against what a server has. */
export function validateCapacity(faults: Faults, path: string, { app, upstreams, capacity }: CapacityUse): void {
  if (capacity === null) {
    return;
  }
  const { vcpus, memory } = capacity;
  const services = app.activeServices(upstreams);
  for (const { name, limits, reservations } of services) {
    const within = (field: string, wanted: ServiceResources) => {
      const at = joinPath(path, "services", name, field);
      if (wanted.cpus !== null && wanted.cpus > vcpus) {
        // Docker refuses to make such a container.
        faults.add(joinPath(at, "cpus"), `is ${wanted.cpus}, and the server has ${vcpus}`, LARGER);
      }
      if (wanted.memory !== null && wanted.memory.toBytes() > memory.toBytes()) {
        faults.add(joinPath(at, "memory"), `is ${wanted.memory}, and the server has ${memory}`, LARGER);
      }
    };
    within("limits", limits);
    within("reservations", reservations);
  }
  const reserved = services.reduce((sum, service) => sum + (service.reservations.memory?.toBytes() ?? 0), 0);
  const single = services.some((service) => (service.reservations.memory?.toBytes() ?? 0) > memory.toBytes());
  if (reserved > memory.toBytes() && !single) {
    const sum = Size.mebibytes(Math.round(reserved / 1024 ** 2));
    faults.add(joinPath(path, "services"), `reserve ${sum} of memory together, and the server has ${memory}`, LARGER);
  }
}

const LARGER = "lower it, or choose a larger server";

function numberOf(value: unknown): number | null {
  const text = textOf(value) ?? "";
  return /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : null;
}

const UNITS = { b: 0, k: 1, m: 2, g: 3, t: 4 };

/** As Docker reads it: `512m`, `2G`, `1.5gb`, bytes without a unit. */
function memoryOf(value: unknown): Size | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([bkmgt])?(?:i?b)?$/i.exec(textOf(value) ?? "") ?? [];
  if (amount === undefined) {
    return null;
  }
  const power = UNITS[(unit ?? "b").toLowerCase() as keyof typeof UNITS];
  return Size.mebibytes((Number(amount) * 1024 ** power) / 1024 ** 2);
}
