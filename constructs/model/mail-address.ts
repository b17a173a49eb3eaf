/** Addresses for mail that need no quotes, so that they stand in a Caddyfile, and in a mail's header, as they are. */
const MAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_|~-]+@[A-Za-z0-9.-]+$/;

export function isMailAddress(text: string): boolean {
  return MAIL.test(text);
}
