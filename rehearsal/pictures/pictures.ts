import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../workspace";
import { renderComment } from "./comment-picture";

/** Pictures of docs/review.md, each of a page that the tests keep, and what of it is shown unfolded. */
const PICTURES: Readonly<Record<string, { page: string; open: (summary: string) => boolean }>> = {
  "review-stop.svg": { page: "region-change", open: () => false },
  "review-change.svg": { page: "compose-edit", open: (summary) => summary.startsWith("Caddyfile") },
};

/** The pictures as the pages are now, by their paths. */
export function renderPictures(): Record<string, string> {
  const entries = Object.entries(PICTURES).map(([name, { page, open }]) => {
    const markdown = readFileSync(join(projectFolder, "__tests__", "cli", "pages", `${page}.golden.md`), "utf8");
    return [join(projectFolder, "docs", name), renderComment(markdown, open)];
  });
  return Object.fromEntries(entries);
}

/** `npm run pictures` draws them anew. */
if (require.main === module) {
  for (const [path, picture] of Object.entries(renderPictures())) {
    writeFileSync(path, picture);
    console.log(path);
  }
}
