import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { heartbeatTouch } from '@holdfast/messaging';
import { ENTRIES_KEPT_SECONDS } from '../../application/projector/count-facts';
import { FACTS_KEPT_SECONDS } from '../../application/drop-facts-purge';
import { factsSource, projectorSource, STREAM_TOPICS } from './stream-source';

const file = join(__dirname, '../../../../../infra/debezium/connector.json');
const { config } = JSON.parse(readFileSync(file, 'utf8')) as { config: Record<string, string> };

/**
 * What Kafka Connect would make of a topic: the settings of the first group whose pattern fits, over the
 * defaults.
 */
function madeByConnect(topic: string): Record<string, string> {
  const groups = config['topic.creation.groups']!.split(',');
  const fits = (group: string) => new RegExp(`^(${config[`topic.creation.${group}.include`]!})$`).test(topic);
  const made: Record<string, string> = {};
  for (const group of ['default', ...groups.filter(fits)])
    for (const [name, value] of Object.entries(config)) {
      const prefix = `topic.creation.${group}.`;
      if (name.startsWith(prefix) && !name.endsWith('.include')) made[name.slice(prefix.length)] = value;
    }
  delete made['replication.factor'];
  return made;
}

describe('the topics that an inventory makes when it is there before Kafka Connect', () => {
  const all = [...STREAM_TOPICS.state, ...STREAM_TOPICS.facts, STREAM_TOPICS.heartbeat];

  it.each(all.map((spec) => [spec.topic, spec] as const))(
    '%s is as Kafka Connect would make it',
    (topic, spec) => {
      const { partitions, ...settings } = madeByConnect(topic);
      expect(spec.partitions).toBe(Number(partitions));
      expect({ 'retention.ms': settings['retention.ms'], ...spec.config }).toEqual(settings);
    },
  );

  it('forget a fact before the inbox does, however quiet they are and though a snapshot tells it again', () => {
    const HOUR_SECONDS = 3_600; // Kafka looks for old segments every five minutes, and purges come every ten
    for (const { config: settings } of STREAM_TOPICS.facts) {
      const keptMs = Number(settings['retention.ms']) + Number(settings['segment.ms']);
      expect(FACTS_KEPT_SECONDS + keptMs / 1_000 + HOUR_SECONDS).toBeLessThan(ENTRIES_KEPT_SECONDS);
    }
  });

  it('get their heartbeat by the same statement from Debezium and from us', () => {
    expect(config['heartbeat.action.query']).toBe(heartbeatTouch('inventory.cdc_heartbeat'));
  });

  it('are read by groups of their own for the view, and by one together for the facts', () => {
    const how = { brokers: ['b:1'], databaseUrl: 'postgres://x' };
    expect(projectorSource({ ...how, instance: 'inventory-1' }).group).toBe('holdfast-projector-inventory-1');
    expect(projectorSource({ ...how, instance: 'inventory-2' }).group).toBe('holdfast-projector-inventory-2');
    expect(factsSource(how).group).toBe('holdfast-facts');
  });
});
