/** One path in twelve ways in which somebody might write it past a check that compares texts. */
export function spellingsOf(path: string): string[] {
  const [, first = '', ...rest] = path.split('/');
  const tail = rest.join('/');
  const letter = `%${tail.charCodeAt(0).toString(16)}`;
  return [
    path.toUpperCase(),
    `/${path}`,
    `/.${path}`,
    `/${first}//${tail}`,
    `/${first}/./${tail}`,
    `/${first}/%2e/${tail}`,
    `/x/..${path}`,
    `${path}/`,
    `/${first}/${letter}${tail.slice(1)}`,
    `${path};a=b`,
    `/${first}%2f${tail}`,
    `${path}/%2e`,
  ];
}
