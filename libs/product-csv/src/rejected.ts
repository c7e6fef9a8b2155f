/** A row that is not imported. `line` is the line of the file where the record starts, the header being 1; a fault of the whole file is line 1. */
export interface Rejected {
  line: number;
  reason: string;
}

/** What was taken otherwise than it is written. Lines count as above. */
export interface Note {
  line: number;
  note: string;
}

/** Why products that the merchant does not offer (`draft`, `archived`, hidden ones) are left out. Not a fault: it never stops an import. */
export const NOT_ACTIVE = 'not active';
