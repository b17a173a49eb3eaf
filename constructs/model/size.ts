/**
 * An amount of storage or memory, so that no prop has to say its unit in its name. Units are
 * binary: a mebibyte has 1,048,576 bytes, a gibibyte 1,024 of them.
 */
export class Size {
  static mebibytes(amount: number): Size {
    return new Size(amount);
  }

  static gibibytes(amount: number): Size {
    return new Size(amount * 1024);
  }

  private constructor(private readonly amount: number) {}

  toMebibytes(): number {
    return this.amount;
  }

  toBytes(): number {
    return Math.round(this.amount * 1024 * 1024);
  }

  toString(): string {
    return this.amount % 1024 === 0 && this.amount > 0 ? `${this.amount / 1024} GiB` : `${this.amount} MiB`;
  }
}
