import { createHash } from 'node:crypto';
import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { jsonFor, Markup, markup } from './markup';
import { checksSection } from './sections/checks';
import { conditionsSection } from './sections/conditions';
import { headSection, withoutEvidence } from './sections/head';
import { overTimeSection } from './sections/over-time';
import { promisesSection } from './sections/promises';
import { safeRateSection } from './sections/safe-rate';
import { saturationSection } from './sections/saturation';
import { stepsSection } from './sections/steps';
import { STYLE } from './style';
import { timeLineOf } from './time-line';
import { verdictSentence } from './verdict';

export interface ReportInput {
  rehearsal: Rehearsal;
  /** Null: it never ran. */
  evidence: RehearsalEvidence | null;
}

/** The page's style sheet, as a source of a `Content-Security-Policy`. */
export const REPORT_STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/**
 * The `Content-Security-Policy` of a page of `renderReport`: its own style sheet by hash, and nothing else. The page has no script; its JSON is data,
 * which no policy runs.
 */
export const REPORT_POLICY = `default-src 'none'; style-src ${REPORT_STYLE_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * The report of a rehearsal as one HTML document, complete in itself: no script, no picture, no address that is loaded. The element `#rehearsal` has
 * `{ rehearsal, evidence }` as JSON. Texts of others are escaped. The same input gives the same bytes.
 */
export function renderReport({ rehearsal, evidence }: ReportInput): string {
  const name = evidence?.drop.name ?? rehearsal.dropId;
  // In UTF-8, whatever a server or a file system says about it.
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${`Rehearsal of ${name}: ${rehearsal.verdict ?? rehearsal.state}`}</title>
<meta name="description" content="${verdictSentence(rehearsal)}">
<style>${new Markup(STYLE)}</style>
</head>
<body><main>
${headSection(rehearsal, evidence)}
${promisesSection(rehearsal)}
${bodyOf(rehearsal, evidence)}
${conditionsSection(rehearsal, evidence)}
</main>
<script type="application/json" id="rehearsal">${jsonFor({ rehearsal, evidence })}</script>
</body>
</html>
`.text;
}

function bodyOf(rehearsal: Rehearsal, evidence: RehearsalEvidence | null): Markup {
  if (evidence === null) return withoutEvidence(rehearsal);
  const line = timeLineOf(evidence);
  return markup`${line && overTimeSection(rehearsal, evidence, line)}
${stepsSection(rehearsal)}
${line && saturationSection(rehearsal, evidence, line)}
${safeRateSection(rehearsal, evidence)}
${checksSection(rehearsal, evidence)}`;
}
