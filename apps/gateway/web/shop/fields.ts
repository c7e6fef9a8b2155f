import type { NoAnswer } from '../shared/answer';

/** The fields of the form that pays. */
export type Field = 'email' | 'card';

const EMAIL_LENGTH_MAX = 254;

const FIELDS: Record<string, { field: Field; what: string }> = {
  '/email': { field: 'email', what: 'this email' },
  '/payment/token': { field: 'card', what: 'this card' },
};

/** What the shop refused of the form, in words for the field it stands in. */
export function refusedFields(answer: NoAnswer): Partial<Record<Field, string>> {
  const errors = (answer.kind === 'problem' && answer.status === 400 && answer.problem.errors) || [];
  return Object.fromEntries(
    errors.flatMap(({ pointer, message }) => {
      const known = FIELDS[pointer];
      return known ? [[known.field, `The shop does not take ${known.what}: it ${message}.`]] : [];
    }),
  );
}

/** Why an email cannot be sent to the shop, by the browser's own rule, which is the shop's, too; undefined when it can. */
export function emailFault({ value, validity }: HTMLInputElement): string | undefined {
  if (validity.valueMissing) return 'Enter your email. The order is kept under it.';
  if (validity.typeMismatch) return 'This is no email address. It looks like name@example.com.';
  if (value.length > EMAIL_LENGTH_MAX) return `An email address has at most ${EMAIL_LENGTH_MAX} characters.`;
  return undefined;
}
