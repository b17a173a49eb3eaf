/**
 * One measured process: synthesizes hosts, with the library or in plain cdktf, and prints what it took as JSON.
 * Arguments: library|plain|chitram, number of hosts, output folder.
 */
import { readFileSync } from "node:fs";

function main(): void {
  const [kind, count, outdir] = process.argv.slice(2) as [string, string, string];
  const begin = process.hrtime.bigint();
  const milliseconds = () => Number(process.hrtime.bigint() - begin) / 1e6;
  const { App } = require("cdktf") as typeof import("cdktf");
  const build = builder(kind);
  const imported = milliseconds();
  const app = new App({ outdir });
  for (let index = 0; index < Number(count); index++) build(app, `host-${index}`);
  app.synth();
  process.stdout.write(
    JSON.stringify({ import: imported, synth: milliseconds() - imported, rss: process.memoryUsage().rss }),
  );
}

function builder(kind: string): (app: import("cdktf").App, name: string) => void {
  if (kind === "chitram") {
    const { chitramBeta } = require("../../stacks/chitram-beta") as typeof import("../../stacks/chitram-beta/index");
    return (app) => void chitramBeta(app);
  }
  if (kind === "library") {
    const { libraryHost } = require("./library-host") as typeof import("./library-host");
    return libraryHost;
  }
  const { plainHost } = require("./plain-host") as typeof import("./plain-host");
  const texts = JSON.parse(readFileSync(process.env.TEXTS as string, "utf8"));
  return (app, name) => plainHost(app, name, texts);
}

main();
