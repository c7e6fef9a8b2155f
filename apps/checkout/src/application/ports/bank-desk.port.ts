import type { BankChallenge } from '@holdfast/contracts';

/** The shopper's bank, as the sandbox plays it. */
export abstract class BankDesk {
  abstract challenge(reference: string): Promise<BankChallenge | null>;
  /** The first answer counts; a later one changes nothing and is told how it stands. */
  abstract answer(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null>;
}
