import { run } from "../../cli/program";
import { plainPaint } from "../../cli/terminal";

/** What a command printed, and how it ended. */
export async function command(...argumentList: string[]): Promise<{ exit: number; out: string[]; error: string[] }> {
  const out: string[] = [];
  const error: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(...text.split("\n")),
    error: (text: string) => void error.push(...text.split("\n")),
    paint: plainPaint,
  };
  const exit = await run(argumentList, terminal, "1.2.3");
  return { exit, out, error };
}
