import { endShared } from '../support/shared-cluster';

/** Ends the cluster that the test files shared. */
export default endShared;
