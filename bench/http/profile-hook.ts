import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

// Loaded into the product's process by `--require` when the bench runs with --profile: SIGUSR2 starts the profiler, the next one writes
// what it saw to the file named by BENCH_PROFILE. (`--cpu-prof` is not allowed in NODE_OPTIONS, and would profile the idle time too.)
const session = new Session();
let recording = false;

process.on('SIGUSR2', () => {
  if (!recording) {
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 500 });
    session.post('Profiler.start');
  } else {
    session.post('Profiler.stop', (_error, { profile }) =>
      writeFileSync(process.env['BENCH_PROFILE'] ?? '', JSON.stringify(profile)),
    );
    session.disconnect();
  }
  recording = !recording;
});
