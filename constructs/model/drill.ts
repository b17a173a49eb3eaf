import type { Faults } from "./faults";
import { checkTime } from "./time-of-day";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

/** A day of the week, as systemd spells it. */
export type Weekday = (typeof weekdays)[number];

/** When the newest backup is restored beside the application, and compared with what was saved. */
export class Drill {
  /** Once a week, at a time of day in UTC: `Drill.weekly("Sun", "05:00")`. */
  static weekly(day: Weekday, time: string): Drill {
    return new Drill({ day, time });
  }

  /** Never. Backups that nobody has restored are reported as unproven. */
  static none(): Drill {
    return new Drill(null);
  }

  private constructor(private readonly when: { readonly day: Weekday; readonly time: string } | null) {}

  /** `Sun 05:00`, as the server reads it; null for never. */
  get schedule(): string | null {
    return this.when === null ? null : `${this.when.day} ${this.when.time}`;
  }

  validate(faults: Faults, path: string): void {
    if (this.when === null) return;
    if (!weekdays.includes(this.when.day)) {
      faults.add(path, `must be on a day of the week, got ${JSON.stringify(this.when.day)}`, weekdays.join(", "));
    }
    checkTime(faults, path, this.when.time);
  }
}
