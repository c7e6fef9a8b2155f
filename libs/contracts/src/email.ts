import { LIMITS } from '@holdfast/kernel';
import { z } from 'zod';

/**
 * What a browser's `<input type=email>` takes, by the expression of the HTML standard, so that no address passes the page and is refused here.
 * https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
 */
export const emailAddress = z
  .email({
    pattern:
      /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/,
    error: 'must be an email address, such as ann@example.org',
  })
  .max(LIMITS.emailLengthMax, `must have at most ${LIMITS.emailLengthMax} characters`);

/** Under which an address is staff: nobody remembers which letters were capitals, and no mail service tells two people apart by them. */
export function normaliseEmail(address: string): string {
  return address.toLowerCase();
}
