/**
 * Text of a team's as one argument in a Caddyfile, byte for byte. Three things would read it as more than text: the
 * Caddyfile's own grammar (quotes, backslashes), `{$NAME}` when the file is loaded, `{placeholder}` when it is used.
 * Braces therefore come in by variables of the site, see `literalVariables`.
 */
export function caddyText(text: string): string {
  const safe = text.includes("{")
    ? text.replace(/[\\{]/g, (character) => (character === "{" ? "{vars.open_brace}" : "{vars.backslash}"))
    : text;
  if (!/["\\]/.test(safe)) {
    return `"${safe}"`;
  }
  if (!safe.includes("`")) {
    return `\`${safe}\``;
  }
  return `<<TEXT\n${safe}\nTEXT`;
}

/** Directives that a site needs before `caddyText` can stand in it. */
export function literalVariables(text: string): string[] {
  return text.includes("{") ? ["vars open_brace `\\{`", "vars backslash `\\`"] : [];
}
