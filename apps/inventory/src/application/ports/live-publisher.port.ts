import type { LiveMessage } from '@holdfast/contracts';

/** Publishes the projector's live messages. */
export abstract class LivePublisher {
  abstract publish(message: LiveMessage): void | Promise<void>;
}
