import type { BankChallenge } from '@holdfast/contracts';

/** The sandbox's 3-D Secure challenges: what the bank's page shows, and the shopper's answer. */
export abstract class BankChallenges {
  abstract challenge(reference: string): Promise<BankChallenge | null>;
  /** The first answer counts; a later one changes nothing and gets the current state. */
  abstract answer(reference: string, answer: 'approve' | 'deny'): Promise<BankChallenge | null>;
}
