import { existsSync, readFileSync } from "node:fs";
import { renderComment } from "../../rehearsal/pictures/comment-picture";
import { renderPictures } from "../../rehearsal/pictures/pictures";

test("the pictures in docs/ show the pages as they are: `npm run pictures` draws them anew", () => {
  for (const [path, picture] of Object.entries(renderPictures())) {
    expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(picture);
  }
});

test("every text of a page is in its picture, and markup is not", () => {
  const page = [
    "## ✅ `host`: **no** data is lost",
    "> [!CAUTION]",
    "> **Destroys `a`**",
    "> - lost: all \\<b\\>",
    "",
    "| | |",
    "|---|---|",
    "| Price | `a\\|b` |",
    "",
    "<details><summary><code>a&lt;b</code> changed</summary>",
    "",
    "````diff",
    "+ ```",
    "````",
    "",
    "</details>",
  ].join("\n");
  const texts = (picture: string) => [...picture.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  const head = ["github-actions", "bot", "commented", "host", ":", "no", "data", "is", "lost", "Caution"];
  const rest = ["Destroys", "a", "lost:", "all", "&lt;", "b", "&gt;", "Price", "a|b", "a&lt;b", "changed"];
  expect(texts(renderComment(page))).toEqual([...head, ...rest]);
  expect(texts(renderComment(page, () => true))).toEqual([...head, ...rest, "+ ```"]);
});
