import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './app-config';
import { OPEN_KAFKA } from './kafka-settings';
import { loadLaunchConfig } from './launch-config';

describe('the settings of the launcher', () => {
  it('refuse Kafka Connect without the Kafka that it writes to', () => {
    const CONNECT_URL = 'http://connect:8083';
    expect(() => loadLaunchConfig({ CONNECT_URL })).toThrow(ConfigError);
    expect(() => loadLaunchConfig({ CONNECT_URL })).toThrow(
      'CONNECT_URL: needs KAFKA_BROKERS, the one it writes to',
    );
    expect(loadLaunchConfig({ CONNECT_URL: `${CONNECT_URL}/`, KAFKA_BROKERS: 'kafka:9092' }).given).toEqual({
      connectUrl: CONNECT_URL,
      kafkaBrokers: 'kafka:9092',
      kafkaSecurity: OPEN_KAFKA,
      redisUrl: null,
    });
    expect(loadLaunchConfig({ KAFKA_BROKERS: 'kafka:9092' }).given.connectUrl).toBeNull();
  });

  it('name the public addresses, also from a file, and none if they are empty', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-launch-'));
    const file = join(folder, 'address');
    writeFileSync(file, 'https://shop.example\n');
    expect(
      loadLaunchConfig({ HOLDFAST_PUBLIC_ADDRESS_FILE: file, HOLDFAST_CALLBACK_ADDRESS: '' }),
    ).toMatchObject({ publicAddress: 'https://shop.example', callbackAddress: null });
    writeFileSync(file, 'cluster\n');
    expect(loadLaunchConfig({ HOLDFAST_MODE_FILE: file }).mode).toBe('cluster');
    expect(loadLaunchConfig({ HOLDFAST_PUBLIC_ADDRESS: '' }).publicAddress).toBeNull();
    expect(() => loadLaunchConfig({ HOLDFAST_PUBLIC_ADDRESS: 'shop.example' })).toThrow('must be an origin');
    rmSync(folder, { recursive: true });
  });
});
