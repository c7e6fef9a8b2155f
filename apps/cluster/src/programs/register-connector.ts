// Puts the connector into a Connect worker and waits until it runs; repeatable:
//   CONNECT_URL=http://127.0.0.1:8083 node dist/apps/cluster/src/programs/register-connector.js
import { CONNECTOR_NAME } from '../stream/connector';
import { register } from '../stream/register';
import { connectAddress, fail, say } from './settings';

register({ connectUrl: connectAddress(), say }).then(
  (tasks) => say(`Connector ${CONNECTOR_NAME} runs (${tasks} task)`),
  fail,
);
