import { formatSecond } from '../../../shared/duration';
import { count, duration, outcomeOf, STATE_WORDS, verdictSentence } from '../../state/rehearsal-words';
import type { Rehearsal } from '../../state/types';

export function EarlierRow(props: {
  rehearsal: Rehearsal;
  isChosen: boolean;
  isShown: boolean;
  onChoose: () => void;
  onShow: () => void;
}) {
  const { rehearsal, isChosen, isShown, onChoose, onShow } = props;
  const { settings, startedAt } = rehearsal;
  const outcome = outcomeOf(rehearsal);
  const when = formatSecond(startedAt);
  return (
    <li class="row">
      <div class="row-text">
        <strong>
          {when} · {settings.profile}, {count(settings.shoppers)} shoppers in{' '}
          {duration(settings.duration * 1_000)}
        </strong>
        <span class="soft fine">{verdictSentence(rehearsal)}</span>
      </div>
      <div class="row-actions">
        <span class={`badge badge-${outcome}`}>{STATE_WORDS[outcome]}</span>
        <button class="small" type="button" aria-pressed={isChosen} onClick={onChoose}>
          Compare <span class="unseen">the one of {when}</span>
        </button>
        <button class="small" type="button" disabled={isShown} onClick={onShow}>
          Show <span class="unseen">the one of {when}</span>
        </button>
      </div>
    </li>
  );
}
