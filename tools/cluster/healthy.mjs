#!/usr/bin/env node
// For health checks of containers: exit code 0 when the address answers 2xx. `node tools/cluster/healthy.mjs http://127.0.0.1:3000/health/ready`
const [url] = process.argv.slice(2);
const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch((error) => error);
if (answer.ok) process.exit(0);
console.error(answer.status ?? answer.cause?.code ?? answer.message);
process.exit(1);
