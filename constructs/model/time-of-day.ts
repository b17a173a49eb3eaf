import type { Faults } from "./faults";

/** A time of day on the server, whose clock is UTC: `04:30`. */
export function checkTime(faults: Faults, path: string, time: string): void {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) {
    faults.add(path, `must be a time of day, got ${JSON.stringify(time)}`, 'write it as "04:30"');
  }
}
