import { TestClock } from '@holdfast/testing';
import type { Logger } from './logger';
import { Metrics } from './metrics';
import { SecurityEvents } from './security-events';

function setUp() {
  const lines: object[] = [];
  const logger = { warn: (fields: object) => lines.push(fields) } as unknown as Logger;
  const clock = new TestClock(0);
  const metrics = new Metrics();
  return { lines, clock, metrics, events: new SecurityEvents(logger, metrics, clock) };
}

describe('security events', () => {
  it('are counted each, by kind', async () => {
    const { events, metrics } = setUp();
    for (let n = 0; n < 1_000; n += 1) events.report('bad-token');
    events.report('foreign-origin');
    const text = await metrics.render();
    expect(text).toContain('holdfast_security_events_total{kind="bad-token"} 1000');
    expect(text).toContain('holdfast_security_events_total{kind="foreign-origin"} 1');
    expect(text).toContain('holdfast_security_events_total{kind="rate-limited"} 0');
  });

  it('give one line in ten seconds for each kind, with all that happened since the last', () => {
    const { events, lines, clock } = setUp();
    for (let n = 0; n < 5_000; n += 1) events.report('foreign-origin', { address: '10.0.0.1' });
    expect(lines).toEqual([{ event: 'foreign-origin', times: 1, address: '10.0.0.1' }]);
    clock.ms = 10_000;
    events.report('foreign-origin');
    expect(lines[1]).toEqual({ event: 'foreign-origin', times: 5_000 });
  });

  it('give no line for what happens to honest clients now and then', () => {
    const { events, lines, clock } = setUp();
    for (let n = 0; n < 100; n += 1) {
      events.report('bad-token');
      clock.ms += 1_000;
    }
    expect(lines).toEqual([]);
    for (let n = 0; n < 20; n += 1) events.report('bad-token');
    expect(lines).toHaveLength(1);
  });

  it('write no more than a little of what a client sent', () => {
    const { events, lines } = setUp();
    events.report('foreign-host', { detail: 'x'.repeat(60_000) });
    expect(JSON.stringify(lines).length).toBeLessThan(300);
  });
});
