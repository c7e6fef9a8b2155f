import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS, type ProblemCode } from '@holdfast/contracts';
import { REPOSITORY } from '../support/repository';

interface Answer {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
}

const configuration = readFileSync(join(REPOSITORY, 'infra/nginx/gateways.conf'), 'utf8');
const answers = [...configuration.matchAll(/return (\d{3}) '(\{.*\})';/g)].map(
  ([, status, body]) => [Number(status), JSON.parse(body!) as Answer] as const,
);

describe('problem documents that nginx writes itself', () => {
  it('are found in its configuration', () => {
    expect(answers.map(([, { code }]) => code).sort()).toEqual([
      'headers-too-large',
      'invalid-request',
      'method-not-allowed',
      'payload-too-large',
      'quota-exceeded',
      'temporarily-unavailable',
      'uri-too-long',
    ]);
  });

  it.each(answers)(
    'have the status and title of the catalogue: %s',
    (sent, { type, title, status, code }) => {
      expect({ type, title, status, sent }).toEqual({
        type: `/problems/${code}`,
        title: PROBLEMS[code][1],
        status: PROBLEMS[code][0],
        sent: PROBLEMS[code][0],
      });
    },
  );
});
