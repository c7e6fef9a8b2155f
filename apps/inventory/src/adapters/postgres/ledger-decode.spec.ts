import { decodeNews, type BatchRow } from './ledger-decode';
import type { EncodedBatch } from './ledger-encode';

describe('the news of a batch', () => {
  it('name every customer who has or had units by it: who was given some, who repeats a request, and who reuses its key', () => {
    const letters = 'hrksocldu';
    const places = [...letters].map((letter) => ({ customerId: `cus_${letter}`, holdId: `hold_${letter}` }));
    const row = {
      place_codes: letters,
      phase: 'open',
      per_customer_limit: 4,
      closes_in_ms: null,
      stock: null,
    } as BatchRow;
    const news = decodeNews('d1', { places, networks: [] } as unknown as EncodedBatch, row)!;
    expect(news.customers).toEqual(['cus_h', 'cus_r', 'cus_k']);
    expect(news.decided).toEqual(places.map(({ holdId }) => holdId));
  });

  it('name every network that one more customer could bring to its limit', () => {
    const row = {
      place_codes: '',
      phase: 'open',
      per_customer_limit: 4,
      closes_in_ms: null,
      stock: null,
      network_left: ['4', '3', '0', '-7'],
    } as unknown as BatchRow;
    const networks = [1, 2, 3, 2 ** 48 - 1];
    const news = decodeNews('d1', { places: [], networks } as unknown as EncodedBatch, row)!;
    expect(news.customers).toEqual(['net_2', 'net_3', 'net_281474976710655']);
  });
});
