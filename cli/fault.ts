/** Input that a command can't work with: where, what is wrong with it, what to do. Ends the command with exit code 2. */
export class InputFault extends Error {
  constructor(
    readonly path: string,
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`${path}: ${problem}; ${remedy}`);
    this.name = "InputFault";
  }
}
