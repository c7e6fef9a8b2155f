import { newSecret } from '@holdfast/contracts';
import { sealUnder } from './successor';

it('shows the successor to who has the token, and to nobody else', () => {
  const [token, successor, other] = [newSecret(), newSecret(), newSecret()];
  const hidden = sealUnder(token, successor);
  expect(hidden).not.toBe(successor);
  expect(sealUnder(token, hidden)).toBe(successor);
  expect(sealUnder(other, hidden)).not.toBe(successor);
});
