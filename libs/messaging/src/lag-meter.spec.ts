import type { ChangeRecord } from '@holdfast/contracts';
import { waitFor } from '@holdfast/testing';
import type { Pool } from 'pg';
import { LagMeter } from './lag-meter';

const TOPIC = 'beats';
const beat = (ts: unknown) =>
  ({ topic: TOPIC, key: null, value: { after: { id: 1, ts } }, fact: null }) as unknown as ChangeRecord;

describe('the meter of the lag', () => {
  it('goes on after a heartbeat that it cannot read', async () => {
    const ts = '2026-11-22T04:30:00.123456Z';
    let touched = false;
    const db = {
      query: async () => {
        touched = true;
        return { rows: [{ micros: String(Date.parse('2026-11-22T04:30:00Z') * 1_000 + 123_456) }] };
      },
    } as unknown as Pool;
    const meter = new LagMeter(db, 'beats', TOPIC, () => 5);
    meter.start();
    await waitFor('the touch', () => touched);
    await meter.stop();
    for (const unreadable of ['soon', '', 7, undefined]) meter.applied([beat(unreadable)]);
    expect(meter.lagMs).toBeNull();
    meter.applied([beat(ts)]);
    expect(meter.lagMs).toBe(0);
  });
});
