import { makeApart, makeOther, makeSku } from './make-sku';
import { type ProductRow, quoted } from './product-rows';

/** What a variant is sold as, or why it cannot be told from another one. */
export type Named = { kind: 'named'; sku: string; notes: string[] } | { kind: 'bad'; reason: string };

interface Use {
  handle: string;
  line: number;
  /** The options seen with this SKU, and the line of each. */
  lineOf: Map<string, number>;
}

/**
 * Gives every variant a SKU of its own. A SKU belongs to the product that has it first; several variants of it are kept apart by their
 * options, and so are variants without a SKU. What cannot be told apart is bad, the later row of the two.
 */
export class SkuNames {
  private readonly uses = new Map<string, Use>();
  private readonly blanks = new Map<string, number>();
  private readonly shared = new Set<string>();
  private readonly taken = new Set<string>();

  /** `rows`: all variants that are on offer, in the order of the file. */
  constructor(rows: readonly ProductRow[]) {
    for (const row of rows) {
      const { sku } = row;
      if (sku === '') continue;
      this.taken.add(sku);
      const use = this.uses.get(sku);
      const options = JSON.stringify(row.options);
      if (!use)
        this.uses.set(sku, { handle: row.handle, line: row.line, lineOf: new Map([[options, row.line]]) });
      else if (use.handle === row.handle && !use.lineOf.has(options)) {
        use.lineOf.set(options, row.line);
        this.shared.add(sku);
      }
    }
  }

  name(row: ProductRow): Named {
    return row.sku === '' ? this.nameBlank(row) : this.nameGiven(row);
  }

  private nameGiven(row: ProductRow): Named {
    const { sku, options } = row;
    const use = this.uses.get(sku)!;
    if (use.handle !== row.handle)
      return bad(
        `SKU ${quoted(sku)} is already used in line ${use.line}, by the product ${quoted(use.handle)}: a SKU can belong to one product only`,
      );
    const line = use.lineOf.get(JSON.stringify(options))!;
    if (line !== row.line)
      return bad(
        `SKU ${quoted(sku)} is already used in line ${line}, for the same product and the same options`,
      );
    const notes = row.hasApostrophe ? [`the apostrophe before the SKU ${quoted(sku)} was removed`] : [];
    if (!this.shared.has(sku)) return { kind: 'named', sku, notes };
    const apart = options.length === 0 ? sku : this.free(makeApart(sku, options), sku, options);
    const why = `several variants of the product have the SKU ${quoted(sku)}: this one is sold as ${quoted(apart)}`;
    return { kind: 'named', sku: apart, notes: [...notes, why] };
  }

  private nameBlank(row: ProductRow): Named {
    const key = JSON.stringify([row.handle, ...row.options]);
    const line = this.blanks.get(key);
    if (line !== undefined)
      return bad(`the same product with the same options is in line ${line}, and neither has a SKU`);
    this.blanks.set(key, row.line);
    const sku = this.free(makeSku(row.handle, row.options), row.handle, row.options);
    return { kind: 'named', sku, notes: [] };
  }

  private free(made: string, origin: string, options: readonly string[]): string {
    const sku = this.taken.has(made) ? makeOther(made, origin, options) : made;
    this.taken.add(sku);
    return sku;
  }
}

function bad(reason: string): Named {
  return { kind: 'bad', reason };
}
