import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MERCHANT_QUOTAS } from '@holdfast/kernel';
import { ConfigError, loadConfig } from './app-config';
import { loadLaunchConfig } from './launch-config';

describe('configuration', () => {
  it('has sensible defaults', () => {
    expect(loadConfig({})).toMatchObject({
      mode: 'standalone',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: null,
      demo: true,
      limits: true,
      paymentWindowSeconds: 60,
      logLevel: 'info',
    });
  });

  it('names every invalid variable at once, and no value', () => {
    const bad = {
      PORT: 'eighty',
      HOLDFAST_DEMO: 'yes',
      DATABASE_URL: 'mysql://user:s3cret@host/db',
      HOLDFAST_PAYMENT_WINDOW: '0',
    };
    expect(() => loadConfig(bad)).toThrow(ConfigError);
    let message = '';
    try {
      loadConfig(bad);
    } catch (error) {
      message = (error as Error).message;
    }
    for (const name of Object.keys(bad)) expect(message).toContain(name);
    for (const value of ['eighty', 's3cret']) expect(message).not.toContain(value);
  });

  it('reads a variable from a file, and refuses variable and file together', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'holdfast-config-')), 'url');
    writeFileSync(file, 'postgres://a@b/c\n');
    expect(loadConfig({ DATABASE_URL_FILE: file }).databaseUrl).toBe('postgres://a@b/c');
    expect(() => loadConfig({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://x/y' })).toThrow('not both');
    expect(() => loadConfig({ DATABASE_URL_FILE: '/does/not/exist' })).toThrow('no such file');
  });

  it('lifts the public limits only on a loopback address', () => {
    expect(loadConfig({ HOLDFAST_LIMITS: 'off' }).limits).toBe(false);
    expect(loadConfig({ HOLDFAST_LIMITS: 'off', HOST: '::1' }).limits).toBe(false);
    for (const HOST of ['0.0.0.0', '::', '10.0.0.1', 'shop.example']) {
      expect(() => loadConfig({ HOLDFAST_LIMITS: 'off', HOST })).toThrow('loopback');
    }
  });

  it('changes single quotas of a merchant, and has none without limits', () => {
    expect(loadConfig({}).merchantQuotas).toEqual(MERCHANT_QUOTAS);
    const { merchantQuotas } = loadConfig({ HOLDFAST_MERCHANT_QUOTAS: 'holds=20, drops=3' });
    expect(merchantQuotas).toEqual({ ...MERCHANT_QUOTAS, holds: 20, drops: 3 });
    expect(
      loadConfig({ HOLDFAST_LIMITS: 'off', HOLDFAST_MERCHANT_QUOTAS: 'holds=20' }).merchantQuotas,
    ).toBeNull();
    for (const wrong of [
      'holds',
      'holds=0',
      'holds=-1',
      'holds=1.5',
      'units=3',
      'holds=1;drops=2',
      'toString=1',
    ])
      expect(() => loadConfig({ HOLDFAST_MERCHANT_QUOTAS: wrong })).toThrow('names: requests');
  });

  it('accepts sandbox tokens that stall only on a loopback address, unless configured', () => {
    const local = [{}, { HOST: '::1' }, { HOST: '127.0.0.9' }];
    for (const env of local) expect(loadConfig(env).sandboxFaults).toBe(true);
    const open = [{ HOST: '0.0.0.0' }, { HOST: 'shop.example' }, { HOLDFAST_PROXY_HOPS: '1' }];
    for (const env of open) {
      expect(loadConfig(env).sandboxFaults).toBe(false);
      expect(loadConfig({ ...env, HOLDFAST_SANDBOX_FAULTS: 'on' }).sandboxFaults).toBe(true);
    }
    expect(loadConfig({ HOLDFAST_SANDBOX_FAULTS: 'off' }).sandboxFaults).toBe(false);
    const toldOf = (origin: string) => loadLaunchConfig({ HOLDFAST_PUBLIC_ADDRESS: origin }).sandboxFaults;
    expect(['http://localhost:3000', 'http://[::1]:3000', 'https://shop.example'].map(toldOf)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is frozen', () => {
    const config = loadConfig({});
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
  });
});
