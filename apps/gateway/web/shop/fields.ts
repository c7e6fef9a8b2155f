import type { NoAnswer } from '../shared/answer';

/** The fields of the form that pays. */
export type Field = 'email' | 'card';

const EMAIL_LENGTH_MAX = 254;

const FIELDS: Record<string, { field: Field; what: string }> = {
  '/email': { field: 'email', what: 'This email' },
  '/payment/token': { field: 'card', what: 'This card' },
};

/** The shop's validation errors, by the field they belong to. */
export function refusedFields(answer: NoAnswer): Partial<Record<Field, string>> {
  const errors = (answer.kind === 'problem' && answer.status === 400 && answer.problem.errors) || [];
  return Object.fromEntries(
    errors.flatMap(({ pointer, message }) => {
      const known = FIELDS[pointer];
      return known ? [[known.field, `${known.what} was not accepted: it ${message}.`]] : [];
    }),
  );
}

/** Why an email address is invalid, by the browser's rule, which the shop uses too; undefined when it is valid. */
export function emailFault({ value, validity }: HTMLInputElement): string | undefined {
  if (validity.valueMissing) return 'Enter your email address.';
  if (validity.typeMismatch) return 'Enter a valid email address, such as name@example.com.';
  if (value.length > EMAIL_LENGTH_MAX)
    return `Enter an email address of at most ${EMAIL_LENGTH_MAX} characters.`;
  return undefined;
}
