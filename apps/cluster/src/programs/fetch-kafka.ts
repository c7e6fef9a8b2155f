// Fetches Kafka and Debezium before they are needed: `node dist/apps/cluster/src/programs/fetch-kafka.js`
import { prepareKafka } from '../servers/class-archives';
import { fail, say } from './settings';

prepareKafka(say).catch(fail);
