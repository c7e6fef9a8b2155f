import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { count, counted, duration } from '../amounts';
import { apart, markup, type Markup } from '../markup';
import { repeatCommand } from '../verdict';
import { type Cell, factList } from './table';

const GIB = 2 ** 30;

/** What has to be the same for two reports to be compared, and how to repeat this one. */
export function conditionsSection(rehearsal: Rehearsal, evidence: RehearsalEvidence | null): Markup {
  return markup`<section><h2>Under which conditions</h2>
<p class="soft fine">Two reports can be compared when these are the same in both.</p>
<div class="columns"><div><h3>Settings</h3>${factList(settingsOf(rehearsal))}</div>
${evidence && markup`<div><h3>Drop</h3>${factList(dropOf(evidence))}</div><div><h3>Machine</h3>${factList(machineOf(evidence))}</div>`}</div>
<h3>How to repeat it</h3><pre><code>${repeatCommand(rehearsal)}</code></pre></section>`;
}

function settingsOf({ settings }: Rehearsal): [string, Cell][] {
  const { profile, shoppers, duration: seconds, seed, faults, like, target, whileSelling } = settings;
  return [
    ['Profile', profile],
    ['Shoppers', count(shoppers)],
    ['Duration', duration(seconds * 1_000)],
    ['Seed', String(seed)],
    ['Faults', faults.length === 0 ? 'none' : faults.join(', ')],
    ...(like ? [['Arrivals like', apart(`${like.dropId}, times ${like.times}`)] as [string, Cell]] : []),
    ['While selling', whileSelling ? 'yes' : 'no'],
    ...(target === null ? [] : [['Target', apart(target)] as [string, Cell]]),
  ];
}

function dropOf({ drop }: RehearsalEvidence): [string, Cell][] {
  return [
    ['Name', apart(drop.name)],
    ['Units', `${count(drop.units)} in ${counted(drop.skus, 'SKU')}`],
    ['Limit for a customer', counted(drop.perCustomerLimit, 'unit')],
    ['A hold lasts', duration(drop.holdTtlSeconds * 1_000)],
  ];
}

function machineOf({ machine }: RehearsalEvidence): [string, Cell][] {
  return [
    ['Mode', machine.mode],
    ['Processors', apart(`${machine.cpus} × ${machine.cpuModel}`)],
    ['Memory', `${count(Math.round((machine.memoryBytes / GIB) * 10) / 10)} GiB`],
    ['System', apart(machine.platform)],
    ['Node.js', apart(machine.node)],
    ['Product', apart(machine.product)],
    ['Load', apart(machine.generator)],
  ];
}
