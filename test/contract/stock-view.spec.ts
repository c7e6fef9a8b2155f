import { MemoryStockView } from '../../apps/inventory/src/adapters/memory/stock-view';
import { stockViewContract } from './stock-view.contract';

stockViewContract('memory', async () => new MemoryStockView());
