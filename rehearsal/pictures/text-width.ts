/** Widths of Arial's characters in thousandths of its size, from space to `~`; Helvetica and Liberation Sans have the same. */
const REGULAR = [
  ...[278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278],
  ...[556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556],
  ...[1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778],
  ...[667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556],
  ...[333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556],
  ...[556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584],
];
const BOLD = [
  ...[278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278],
  ...[556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611],
  ...[975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778],
  ...[667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556],
  ...[333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611],
  ...[611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584],
];
const WIDEST = 1000;
const FIXED = 600;

export interface Font {
  readonly size: number;
  readonly bold?: boolean;
  /** Every character is as wide as the other. */
  readonly fixed?: boolean;
}

/** How wide a text is in pixels. */
export function widthOf(text: string, { size, bold = false, fixed = false }: Font): number {
  const characters = Array.from(text);
  if (fixed) return (characters.length * FIXED * size) / 1000;
  const thousandths = characters.reduce((sum, character) => {
    return sum + ((bold ? BOLD : REGULAR)[(character.codePointAt(0) ?? 0) - 32] ?? WIDEST);
  }, 0);
  return (thousandths * size) / 1000;
}
