import { MemoryLiveFeed } from '../../apps/inventory/src/adapters/memory/live-feed';
import { liveFeedContract } from './live-feed.contract';

liveFeedContract('memory', async () => new MemoryLiveFeed());
