/** What cdktf puts in place of a value that Terraform knows only later. */
const token = /(\$\{TfToken\[[^\]]*\]\})/;

/**
 * Makes text safe to stand in Terraform's JSON, where every string is a template: `${` and `%{` of a team's own text
 * arrive as they were written, cdktf's tokens still resolve. The one place where text is escaped for Terraform.
 */
export function literalText(text: string): string {
  const parts = text.split(token);
  return parts.map((part, index) => (index % 2 === 1 ? part : literalPart(part, index < parts.length - 1))).join("");
}

/** A piece of literal text; `continues`: an interpolation follows it. */
export function literalPart(text: string, continues: boolean): string {
  const escaped = text.replace(/(\$|%)\{/g, "$1$1{");
  // "$" before "${" would read as an escaped "${".
  return continues ? escaped.replace(/\$+$/, (dollars) => `\${"${dollars}"}`) : escaped;
}
