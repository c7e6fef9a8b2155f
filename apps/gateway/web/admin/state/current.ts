import { Session, type Tabs } from './session';
import { StepUpQuestion } from './step-up';

const tabs = 'BroadcastChannel' in window ? (new BroadcastChannel('holdfast.staff') as Tabs) : undefined;

export const stepUp = new StepUpQuestion();

/** Of this tab. */
export const session = new Session(tabs, () => stepUp.ask());
