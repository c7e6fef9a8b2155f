// Holds what shoppers were told against what the ledger has. Pure: the runner fetches, this judges.

/** The lines of k6's console output, one promise each; see k6/lib/tally.ts. @param {string} text */
export function readPromises(text) {
  const told = {
    holds: new Map(),
    twice: 0,
    unknownHolds: 0,
    unknownOrders: 0,
    faults: new Map(),
    again: new Map(),
  };
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    const logged = JSON.parse(line);
    const it = logged.msg === undefined ? logged : JSON.parse(logged.msg);
    const hold = told.holds.get(it.hold);
    if (it.did === 'held') {
      if (hold) told.twice += 1;
      else told.holds.set(it.hold, { ...it, left: false, paidOrderId: null, paidMinor: 0 });
    } else if (it.did === 'left' && hold) hold.left = true;
    else if (it.did === 'paid' && hold)
      Object.assign(hold, { paidOrderId: it.order, paidMinor: it.amountMinor });
    else if (it.did === 'unknown') told[it.what === 'hold' ? 'unknownHolds' : 'unknownOrders'] += 1;
    else if (it.did === 'fault') told.faults.set(it.what, (told.faults.get(it.what) ?? 0) + 1);
    else if (it.did === 'again') told.again.set(it.why, (told.again.get(it.why) ?? 0) + 1);
  }
  return told;
}

/** As the audit of the command line wants them. What a shopper has left may be promised to somebody else at once. */
export function acknowledged(told) {
  return [...told.holds.values()].map(({ hold, sku, units, expiresAt, left, paidOrderId }) => ({
    holdId: hold,
    sku,
    units,
    expiresAtMs: left ? 0 : Date.parse(expiresAt),
    paidOrderId,
  }));
}

/**
 * @param {{ told: ReturnType<typeof readPromises>, summary: { counts: Record<string, number> },
 *   ledger: { holds: number, paid: number, pending: number, charges: number, charged_orders: number, kept_minor: number, owed_minor: number },
 *   audit: { oversold: number, lost: number }, verify: { ok: boolean, invariants: { name: string, broken: number }[] } }} seen
 * @returns {{ says: string, kept: boolean, detail: string }[]}
 */
export function judge({ told, summary, ledger, audit, verify }) {
  const holds = told.holds.size;
  const paid = [...told.holds.values()].filter(({ paidOrderId }) => paidOrderId !== null);
  const paidMinor = paid.reduce((sum, it) => sum + it.paidMinor, 0);
  const between = (value, least, unknown) => value >= least && value <= least + unknown;
  const verdicts = [];
  const add = (says, kept, detail) => verdicts.push({ says, kept, detail });
  add(
    'k6 counted what it noted',
    summary.counts.holds_given === holds && summary.counts.orders_paid === paid.length,
    `${summary.counts.holds_given} holds and ${summary.counts.orders_paid} payments counted, ${holds} and ${paid.length} noted`,
  );
  add('no hold was given to two shoppers', told.twice === 0, `${told.twice} twice`);
  add(
    'holds given are the holds in the ledger',
    between(ledger.holds, holds, told.unknownHolds),
    `${holds} given, ${ledger.holds} in the ledger, ${told.unknownHolds} unanswered`,
  );
  add(
    'payments answered are the paid orders in the ledger',
    between(ledger.paid, paid.length, told.unknownOrders),
    `${paid.length} answered, ${ledger.paid} in the ledger, ${told.unknownOrders} unanswered`,
  );
  add('no order is left open', ledger.pending === 0, `${ledger.pending} pending`);
  add(
    'each paid order is one charge',
    ledger.charges === ledger.paid && ledger.charged_orders === ledger.paid,
    `${ledger.paid} paid, ${ledger.charges} charges of ${ledger.charged_orders} orders`,
  );
  add(
    'the money is what was owed, and what shoppers were told',
    ledger.kept_minor === ledger.owed_minor &&
      (told.unknownOrders > 0 ? ledger.owed_minor >= paidMinor : ledger.owed_minor === paidMinor),
    `${ledger.kept_minor} kept, ${ledger.owed_minor} owed, ${paidMinor} told`,
  );
  add('nothing that was acknowledged is lost', audit.lost === 0, `${audit.lost} lost`);
  add(
    'nothing is oversold, by the ledger and by what shoppers were told',
    audit.oversold === 0,
    `${audit.oversold} oversold`,
  );
  const broken = verify.invariants.filter((it) => it.broken > 0).map(({ name }) => name);
  add(
    'holdfast verify',
    verify.ok,
    broken.length > 0 ? broken.join(', ') : `${verify.invariants.length} invariants`,
  );
  return verdicts;
}
