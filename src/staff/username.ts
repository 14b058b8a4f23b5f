/** 3 to 64 of lower-case letters, digits and `. _ @ -`, beginning with a letter or digit. */
export const USERNAME = /^[a-z0-9][a-z0-9._@-]{2,63}$/;

/** The one form in which usernames are compared: without surrounding space, in lower case. */
export function normaliseUsername(typed: string): string {
  return typed.trim().toLowerCase();
}
