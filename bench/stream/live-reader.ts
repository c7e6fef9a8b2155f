import http from 'node:http';

interface Item {
  sku: string;
  version?: number;
  stock?: { version: number };
}

/** Reads live counts and says when the bytes of each version were there. Resolves when the stream has begun. */
export function readLive(
  url: string,
  onVersion: (sku: string, version: number, at: number) => void,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, headers: { accept: 'text/event-stream' } }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`live counts answer ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (text: string) => {
        const at = performance.now();
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) {
          if (!/^event: (snapshot|stock)$/m.test(block)) continue;
          const { items } = JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as { items: Item[] };
          for (const { sku, version, stock } of items) onVersion(sku, stock?.version ?? version!, at);
        }
      });
      resolve(() => request.destroy());
    });
    request.on('error', reject);
  });
}
