import { AUDITS } from './audit-ledger';
import { ofDrop } from './of-drop';

describe('an audit of one drop', () => {
  it.each(AUDITS)('reads no row of another drop: $name', ({ text }) => {
    const tables = text.match(/\b(FROM|JOIN) (inventory|checkout|sandbox)\./g)!.length;
    const scoped = ofDrop(text);
    expect(scoped.match(/\(SELECT \* FROM [a-z_.]+ WHERE drop_id = \$1\) [a-z]/g)).toHaveLength(tables);
    expect(scoped.replaceAll(/\(SELECT \* FROM [a-z_.]+ WHERE drop_id = \$1\)/g, '')).not.toMatch(
      /\b(FROM|JOIN|,) *(inventory|checkout|sandbox)\./,
    );
  });
});
