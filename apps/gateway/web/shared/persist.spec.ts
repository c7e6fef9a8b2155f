import type { Answer } from './answer';
import { persist } from './persist';

const ok: Answer<string> = { kind: 'ok', status: 201, body: 'done', replayed: false };
const lost: Answer<string> = { kind: 'unreachable' };
const refused = (status: number, retryAfterSeconds: number | null = null): Answer<string> => ({
  kind: 'problem',
  status,
  problem: { code: 'x', title: '', detail: '' },
  retryAfterSeconds,
});

/** Runs `persist` over the given answers with a clock that jumps to each timer. */
async function run(answers: Answer<string>[]) {
  jest.useFakeTimers();
  const troubles: string[] = [];
  let asked = 0;
  const result = persist(
    () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]!),
    ({ kind }) => troubles.push(kind),
  );
  await jest.runAllTimersAsync();
  jest.useRealTimers();
  return { answer: await result, asked, troubles };
}

describe('asking until an answer means something', () => {
  it('asks again after a lost answer and after a busy one', async () => {
    const { answer, asked, troubles } = await run([lost, refused(503, 1), refused(429), ok]);
    expect(answer).toBe(ok);
    expect(asked).toBe(4);
    expect(troubles).toEqual(['unreachable', 'busy', 'too-many']);
  });

  it.each([400, 402, 404, 409, 410, 422])('takes %d for an answer', async (status) => {
    expect((await run([refused(status)])).asked).toBe(1);
  });

  it('lets the shopper decide when it is to wait for long', async () => {
    expect((await run([refused(429, 40)])).asked).toBe(1);
  });

  it('gives up in the end', async () => {
    const { answer, asked } = await run([lost]);
    expect(answer).toBe(lost);
    expect(asked).toBeGreaterThan(5);
  });
});
