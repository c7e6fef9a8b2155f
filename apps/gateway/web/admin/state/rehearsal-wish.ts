import { signal } from '@preact/signals';

/** The person has pressed *Rehearse* on the drop's page: the dialog is open when the page of rehearsals appears. */
export const wantsRehearsal = signal(false);
