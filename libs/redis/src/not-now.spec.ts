import { notNow } from './not-now';

describe('an error reply of Redis', () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
    ["READONLY You can't write against a read only replica. script: 5f, on @user_script:30.", 'READONLY'],
    ['MOVED 3999 127.0.0.1:6381', 'MOVED'],
    [
      "ERR Error running script (call to f_5f3c): @user_script:52: @user_script: 52: -OOM command not allowed when used memory > 'maxmemory'.",
      'OOM',
    ],
    [
      "ERR Error running script (call to f_5f3c): @user_script:52: @user_script: 52: -READONLY You can't write against a read only replica.",
      'READONLY',
    ],
    [
      'ERR Error running script (call to f_5f3c): @user_script:52: @user_script: 52: -MISCONF Redis is configured to save RDB snapshots',
      'MISCONF',
    ],
    [
      'ERR Error running script (call to f_5f3c): @user_script:52: @user_script: 52: -NOREPLICAS Not enough good replicas to write.',
      'NOREPLICAS',
    ],
  ])('is about the server: %s', (message, word) => {
    expect(notNow(message)).toBe(word);
  });

  it.each([
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'ERR unknown command',
    'ERR Error running script (call to f_5f3c): @user_script:9: WRONGTYPE Operation against a key holding the wrong kind of value',
    'ERR Error running script (call to f_5f3c): @user_script:9: user_script:9: attempt to compare nil with number',
    'OOMPH is no word of Redis',
  ])('is about the command: %s', (message) => {
    expect(notNow(message)).toBeNull();
  });
});
