/**
 * A failure that says how long something took, and nothing about what it did: a test's time was over, or a
 * condition that it waited for did not come in time. Other load on the machine can cause it. A wrong value
 * is never one.
 */
const MISSED = /^(?:Error: )?(?:thrown: "Exceeded timeout of \d+ ms|[^\n]*: not within \d+ ms(?:\n|$))/;

/**
 * Of a report of Jest: the files in which every failure is a missed deadline, as `{ name, late }` with the
 * number of tests that missed one. A file that failed as a whole, or in any other way, is not among them.
 *
 * @param {{ testResults: { name: string, assertionResults: { status: string, failureMessages: string[] | null }[] }[] }} report
 */
export function filesWithMissedDeadlines({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const onlyLate = failed.every(({ failureMessages }) => {
      const messages = failureMessages ?? [];
      return messages.length > 0 && messages.every((message) => MISSED.test(message));
    });
    return failed.length > 0 && onlyLate ? [{ name, late: failed.length }] : [];
  });
}
