import { readFileSync } from 'node:fs';

interface CpuProfile {
  nodes: {
    id: number;
    children?: number[];
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  samples: number[];
  timeDeltas: number[];
}

/** Where the product's process spent its time: functions by their own time, from the profile in the file. */
export function topFunctions(file: string, count: number): string[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const names = new Map(
    profile.nodes.map(({ id, callFrame: at }) => [
      id,
      `${at.functionName || '(anonymous)'} ${shortened(at.url)}:${at.lineNumber + 1}`,
    ]),
  );
  const own = new Map<string, number>();
  profile.samples.forEach((id, at) => {
    const name = names.get(id) ?? '?';
    // `dispatch` is the profiler itself, handing out what it has seen.
    if (!name.startsWith('(idle)') && !name.startsWith('dispatch :'))
      own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas[at] ?? 0));
  });
  const busy = [...own.values()].reduce((sum, micros) => sum + micros, 0);
  return [...own]
    .sort((a, b) => b[1] - a[1])
    .slice(0, count)
    .map(([name, micros]) => `${((100 * micros) / busy).toFixed(1).padStart(5)} %  ${name}`);
}

/** The share of the busy time that was spent in code of files below `folder`, and in what it called. */
export function shareOf(file: string, folder: string): number {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const below = new Set<number>();
  const enter = (id: number) => {
    below.add(id);
    byId.get(id)!.children?.forEach(enter);
  };
  for (const { id, callFrame } of nodes) if (callFrame.url.includes(folder) && !below.has(id)) enter(id);
  const sum = (wanted: (id: number) => boolean) =>
    samples.reduce((micros, id, at) => micros + (wanted(id) ? (timeDeltas[at] ?? 0) : 0), 0);
  const idle = (id: number) => byId.get(id)!.callFrame.functionName === '(idle)';
  return sum((id) => below.has(id)) / sum((id) => !idle(id));
}

function shortened(url: string): string {
  return url
    .replace(/^.*\/node_modules\//, '')
    .replace(/^file:\/\//, '')
    .replace(/^.*\/dist\//, '');
}
