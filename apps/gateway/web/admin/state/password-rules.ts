// As in apps/accounts/src/domain/password-rules.ts, which decides; here to say so before anything is sent.
const LENGTH = { min: 12, max: 256 };

export const PASSWORD_RULES = `${LENGTH.min} to ${LENGTH.max} characters, and none of the most common passwords. A few words in a row are good.`;

/** Undefined when the length is right. */
export function passwordFault(password: string): string | undefined {
  const { length } = [...password];
  if (length < LENGTH.min) return `must have at least ${LENGTH.min} characters`;
  return length > LENGTH.max ? `must have at most ${LENGTH.max} characters` : undefined;
}
