/** An amount of money a month, before taxes. */
export interface Money {
  readonly amount: number;
  readonly currency: "USD" | "EUR";
}

/** One thing that costs money every month. */
export interface PriceLine {
  /** What is paid for, in the words of the cloud's own price list. */
  readonly what: string;
  readonly monthly: Money;
  /** The price list it was read from. */
  readonly source: string;
  /** When it was read there: `2026-11`. */
  readonly date: string;
  /** Things that share this are paid for once, however many of them an account has. */
  readonly once?: string;
}

/** One thing that costs money, but whose price is not in the table: said, never guessed. */
export interface UnknownPrice {
  readonly what: string;
  readonly reason: string;
}

/** A resource, as far as a price table has to know it; values are Terraform's, tokens included. */
export interface PricedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What one cloud asks for a resource; `undefined`: not this cloud's resource. No lines: it is free. */
export type PriceTable = (resource: PricedResource) => Estimate | undefined;

/** The monthly price of a set of resources, line by line. */
export class Estimate {
  static readonly free = new Estimate([], []);

  static known(...lines: PriceLine[]): Estimate {
    return new Estimate(lines, []);
  }

  static unknown(what: string, reason: string): Estimate {
    return new Estimate([], [{ what, reason }]);
  }

  static sum(parts: Iterable<Estimate>): Estimate {
    const lines: PriceLine[] = [];
    const unknown: UnknownPrice[] = [];
    const paid = new Set<string>();
    for (const part of parts) {
      unknown.push(...part.unknown);
      for (const line of part.lines) {
        if (line.once !== undefined && paid.has(line.once)) continue;
        if (line.once !== undefined) paid.add(line.once);
        lines.push(line);
      }
    }
    return new Estimate(lines, unknown);
  }

  /** Prices every resource: by the table of its cloud, as free, or as one whose price nobody knows. */
  static of(resources: Iterable<PricedResource>, tables: readonly PriceTable[]): Estimate {
    const parts: Estimate[] = [];
    for (const resource of resources) parts.push(priceOf(resource, tables));
    return Estimate.sum(parts);
  }

  private constructor(
    readonly lines: readonly PriceLine[],
    readonly unknown: readonly UnknownPrice[],
  ) {}

  /** One sum a currency: euros and dollars are never added up. */
  get totals(): Money[] {
    const cents = new Map<Money["currency"], number>();
    for (const { monthly } of this.lines) {
      cents.set(monthly.currency, (cents.get(monthly.currency) ?? 0) + Math.round(monthly.amount * 100));
    }
    return [...cents].map(([currency, sum]) => ({ amount: sum / 100, currency }));
  }

  /** The sum in one currency, as a budget is compared with it. */
  totalIn(currency: Money["currency"]): number {
    return this.totals.find((total) => total.currency === currency)?.amount ?? 0;
  }
}

/** `24.00 USD` */
export function formatMoney(money: Money): string {
  return `${money.amount.toFixed(2)} ${money.currency}`;
}

/** Providers that only compute, or set up what is paid for elsewhere. */
const FREE_PROVIDERS = new Set([
  "archive",
  "cloudinit",
  "external",
  "github",
  "local",
  "null",
  "random",
  "terraform",
  "time",
  "tls",
]);

function priceOf(resource: PricedResource, tables: readonly PriceTable[]): Estimate {
  for (const table of tables) {
    const estimate = table(resource);
    if (estimate !== undefined) return estimate;
  }
  const provider = resource.type.split("_")[0] ?? resource.type;
  if (FREE_PROVIDERS.has(provider)) return Estimate.free;
  return Estimate.unknown(resource.address, `there is no price table for ${provider}`);
}
