/** In what the visitors of a scenario differ from those of a spike. */
export interface Traits {
  /** Share of visitors who are bots, 0 to 1. */
  botShare: number;
  /** How often a shopper asks for a hold before they leave. */
  holdTriesMax: number;
  /** Everybody asks for a hold: nobody leaves after a look. */
  allHold: boolean;
  /** A wait that the product asks for by `Retry-After` is part of the latency. */
  waitsCount: boolean;
}

export const TRAITS: Traits = { botShare: 0, holdTriesMax: 1, allHold: false, waitsCount: true };
