/** A length of time, so that no prop has to say its unit in its name. A day has 24 hours. */
export class Duration {
  static seconds(amount: number): Duration {
    return new Duration(amount);
  }

  static minutes(amount: number): Duration {
    return new Duration(amount * 60);
  }

  static hours(amount: number): Duration {
    return new Duration(amount * 3600);
  }

  static days(amount: number): Duration {
    return new Duration(amount * 86_400);
  }

  private constructor(private readonly amount: number) {}

  toSeconds(): number {
    return this.amount;
  }

  toString(): string {
    return `${this.amount} s`;
  }
}
