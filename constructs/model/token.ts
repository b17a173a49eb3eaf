/**
 * Values that Terraform knows only later stand in text as `${TfToken[TOKEN.7]}`. They pass through the model and its
 * renderers unread: what they resolve to must hold no quote, backslash or line break.
 */
const LATE_BOUND = /\$\{TfToken\[[^\]]*\]\}/;

/** Whether a text holds a value that only Terraform will know. */
export function isLateBound(text: string): boolean {
  return LATE_BOUND.test(text);
}
