import { parentPort, workerData } from 'node:worker_threads';
import type { ProductFileOptions } from '../../application/ports/product-files.port';
import { readProductFile } from './read-product-file';

/** A thread that reads one file, and then gives one part of it for each message it gets; null after the last. */
const { file, options } = workerData as { file: Uint8Array; options: ProductFileOptions };
const { read, parts } = readProductFile(Buffer.from(file.buffer, file.byteOffset, file.byteLength), options);
parentPort!.postMessage(read);
parentPort!.on('message', () => {
  const next = parts.next();
  parentPort!.postMessage(next.done ? null : next.value);
});
