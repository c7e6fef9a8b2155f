/**
 * How large a part of the budget of unpaid units a network has (the budget itself is computed where the counts are, in
 * define-network-budgets.sql). A way for shoppers to earn more standing, such as proof of work or a place in a queue, would change the weight.
 */
export const NETWORK_WEIGHT = 1;

/** A /48 is what one customer of a provider may be given: 65,536 of the /64. It must not have as many budgets. */
export const BLOCK_WEIGHT = 8;
