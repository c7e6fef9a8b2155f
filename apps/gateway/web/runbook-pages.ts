import { Marked } from 'marked';
import type { Plugin } from 'vite';

const RUNBOOK = /docs[\\/]runbooks[\\/][\w-]+\.md$/;

/** Lets the merchants' page import a runbook as HTML: made here, so that no reader of Markdown reaches a browser. */
export function runbookPages(): Plugin {
  return {
    name: 'runbook-pages',
    transform(text, id) {
      if (!RUNBOOK.test(id)) return undefined;
      return { code: `export default ${JSON.stringify(runbookHtml(text))};`, map: null };
    },
  };
}

/** Without its heading, which the page shows itself. Runbooks link to each other; other files of the repository are named, not linked. */
export function runbookHtml(markdown: string): { title: string; html: string } {
  const [, title = 'Runbook', rest = markdown] = /^# (.+)\n([\s\S]*)$/.exec(markdown) ?? [];
  const marked = new Marked({
    renderer: {
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const other = /^([\w-]+)\.md(#.*)?$/.exec(href)?.[1];
        if (other) return `<a href="/admin/runbooks/${other}">${words}</a>`;
        return /^https:/.test(href) ? `<a href="${href}">${words}</a>` : words;
      },
      // A wide table or a command scrolls in its own frame, which the keyboard reaches.
      code({ text }) {
        return `<pre class="json" tabindex="0"><code>${escapeHtml(text)}</code></pre>`;
      },
    },
  });
  const html = marked.parse(rest, { async: false });
  return {
    title,
    html: html.replace(/<table>[\s\S]*?<\/table>/g, '<div class="table" tabindex="0">$&</div>'),
  };
}

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
