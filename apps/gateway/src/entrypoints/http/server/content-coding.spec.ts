import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { codingFor, CompressedTexts } from './content-coding';

describe('the coding of an answer', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['identity', null],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP;q=1.0, identity; q=0.5', 'gzip'],
    ['br;q=0.5, gzip', 'gzip'],
    ['gzip;q=0', null],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['*;q=0', null],
    ['identity;q=1, gzip;q=0.5', null],
    ['deflate, zstd', null],
    ['gzip;q=2, br;quality=1', null],
    [`${'x,'.repeat(8_000)}gzip`, null],
  ])('for %j is %s', (header, coding) => {
    expect(codingFor(header)).toBe(coding);
  });
});

describe('compressed texts', () => {
  const long = () => ({ body: JSON.stringify({ items: Array.from({ length: 500 }, (_, n) => ({ n })) }) });

  it('compresses a text once for all who ask for it', async () => {
    const texts = new CompressedTexts();
    const text = long();
    const all = await Promise.all(Array.from({ length: 20 }, () => texts.get(text, 'gzip')));
    expect(new Set(all).size).toBe(1);
    expect(gunzipSync(all[0]!).toString()).toBe(text.body);
    expect(brotliDecompressSync((await texts.get(text, 'br'))!).toString()).toBe(text.body);
    expect(texts.count).toBe(2);
    expect(await texts.get(long(), 'gzip')).toEqual(all[0]);
    expect(texts.count).toBe(3);
  });

  it('leaves short texts alone, and those that come while two are compressed', async () => {
    const texts = new CompressedTexts();
    expect(await texts.get({ body: '{}' }, 'gzip')).toBeNull();
    const many = await Promise.all(Array.from({ length: 10 }, () => texts.get(long(), 'br')));
    expect(many.filter((bytes) => bytes !== null)).toHaveLength(2);
    expect(await texts.get(long(), 'br')).not.toBeNull();
  });
});
