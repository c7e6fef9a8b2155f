/** HTML that is safe to put into the page: made by `markup`, which escapes every text. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[] | null | false;

/** A template of HTML; texts and numbers in it are escaped, also inside quoted attributes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, at) => text + rendered(values[at - 1] ?? null) + part));
}

function rendered(value: Value): string {
  if (value === null || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map((it) => it.text).join('');
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Control characters but tab and line ends, and halves of surrogate pairs, are no characters of an HTML document.
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Cs}/gu;

const escaped = (text: string) => text.replace(NO_TEXT, '\ufffd').replace(/[&<>"']/g, (it) => ENTITIES[it]!);

/** Text of others, kept apart so that its direction of writing does not turn ours around. */
export const apart = (text: string): Markup => markup`<bdi>${text}</bdi>`;

/** A value for `<script type="application/json">`: no `<` is left that could end the element or begin a comment. */
export function jsonFor(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replace(/</g, '\\u003c'));
}
