import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, onPath } from "../../rehearsal/engine";
import { command } from "../cli/command";
import { hostilePlan } from "../cli/hostile-plan";

// GitHub's own reader of Markdown; raw HTML passes, so that whatever the page lets through is seen.
const EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"].flatMap((name) => ["--extension", name]);
const PAGES = join(__dirname, "..", "cli", "pages");

beforeAll(async () => {
  if (!(await onPath("cmark-gfm"))) await installPackages(["cmark-gfm"], "install your distribution's cmark-gfm");
});

function html(markdown: string): string {
  return execFileSync("cmark-gfm", ["--unsafe", ...EXTENSIONS], { input: markdown, encoding: "utf8" });
}

/** What GitHub looks for mentions, references and links in. */
function withoutCode(page: string): string {
  return page.replace(/<pre[^>]*>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, "");
}

const tags = (page: string) => [...new Set([...page.matchAll(/<(\w+)/g)].map(([, tag]) => tag))].sort();

test("no text of a plan is markup, a mention or a link in its comment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "markdown-"));
  const path = join(folder, "plan.json");
  writeFileSync(path, JSON.stringify(hostilePlan()));
  const { out } = await command("review", path, "--format", "markdown", "--label", "@octocat `x`");
  rmSync(folder, { recursive: true });
  const page = html(out.join("\n"));
  const rest = withoutCode(page);
  const known = ["a", "blockquote", "br", "code", "details", "h2", "h3", "li", "p", "pre", "strong", "sub", "summary"];
  expect(
    tags(page).filter((tag) => ![...known, "table", "tbody", "td", "th", "thead", "tr", "ul"].includes(tag ?? "")),
  ).toEqual([]);
  expect(rest).not.toMatch(/@\w|\w#\d|<!--/);
  const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => new URL(address ?? "").hostname);
  expect(links.filter((host) => !/(^|\.)(digitalocean|hetzner)\.(com|cloud)$/.test(host))).toEqual([]);
  expect(rest.match(/<details>/g)?.length).toBe(rest.match(/<\/details>/g)?.length);
});

test("the pages are what they look like: boxes, tables, folded differences", () => {
  for (const name of readdirSync(PAGES).filter((file) => file.endsWith(".golden.md"))) {
    const page = html(readFileSync(join(PAGES, name), "utf8"));
    expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
    expect(withoutCode(page)).not.toMatch(/```|\*\*|\|---|&amp;#/);
  }
});
