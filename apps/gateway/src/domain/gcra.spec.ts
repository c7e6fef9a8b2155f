import { gcra } from './gcra';

const quota = { quota: 30, windowSeconds: 60 };

function burst(n: number, startMs: number, arrivalMs?: number) {
  let kept = arrivalMs;
  const answers = [];
  for (let i = 0; i < n; i += 1) {
    const answer = gcra(quota, kept, startMs);
    kept = answer.arrivalMs;
    answers.push(answer);
  }
  return { answers, kept };
}

describe('gcra', () => {
  it('allows the quota at once and refuses the next', () => {
    const { answers } = burst(31, 1_000_000);
    expect(answers.filter((a) => a.allowed)).toHaveLength(30);
    expect(answers[0]!.remaining).toBe(29);
    expect(answers[29]!.remaining).toBe(0);
    expect(answers[30]).toMatchObject({ allowed: false, nextInMs: 2000 });
  });

  it('allows one more exactly when it said', () => {
    const { kept } = burst(30, 0);
    expect(gcra(quota, kept, 1_990).allowed).toBe(false);
    expect(gcra(quota, kept, 2_000).allowed).toBe(true);
  });

  it('has the whole quota again after a window of quiet', () => {
    const { kept } = burst(30, 0);
    expect(burst(31, 60_000, kept).answers.filter((a) => a.allowed)).toHaveLength(30);
  });

  it('does not make a refused caller wait longer for having asked', () => {
    const { kept } = burst(100, 0);
    expect(gcra(quota, kept, 2_000).allowed).toBe(true);
  });

  it('allows exactly the quota where the step is no whole number of milliseconds', () => {
    const odd = { quota: 900, windowSeconds: 60 };
    let kept: number | undefined;
    let allowed = 0;
    for (let i = 0; i < 1000; i += 1) {
      const answer = gcra(odd, kept, 1_763_800_000_123);
      kept = answer.arrivalMs;
      if (answer.allowed) allowed += 1;
    }
    expect(allowed).toBe(900);
  });

  it('never refuses for longer than a window, though what was kept lies far ahead', () => {
    const ahead = gcra(quota, 3_600_000, 0);
    expect(ahead.allowed).toBe(false);
    expect(ahead.nextInMs).toBeLessThanOrEqual((quota.windowSeconds * 1000) / quota.quota);
    expect(gcra(quota, 3_600_000, 0).arrivalMs).toBeLessThanOrEqual(quota.windowSeconds * 1000);
  });
});
