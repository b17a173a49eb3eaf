/** Where a command writes, and how it may look there. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
  readonly paint: Paint;
}

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

const plain = (text: string) => text;
const style = (open: number, close: number) => (text: string) => `\x1b[${open}m${text}\x1b[${close}m`;

export const plainPaint: Paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };

const colourPaint: Paint = {
  bold: style(1, 22),
  dim: style(2, 22),
  red: style(31, 39),
  green: style(32, 39),
  yellow: style(33, 39),
};

/** The process's own terminal: coloured for a person, plain in a file or a pipe, or where NO_COLOR asks for it. */
export function processTerminal(): Terminal {
  const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
    paint: coloured ? colourPaint : plainPaint,
  };
}

/**
 * Text of others (addresses, values) with its control characters shown, so that it can't steer the terminal, and with those
 * that nobody sees or that turn the reading direction, so that it can't look like something else.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
