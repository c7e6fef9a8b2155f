/**
 * The share of the budget of unpaid units that a network has (the budget itself is computed in
 * define-network-budgets.sql). A way for shoppers to earn a greater share, such as proof of work or a place
 * in a queue, would change the weight.
 */
export const NETWORK_WEIGHT = 1;

/**
 * A provider may assign a /48 to one customer: it has 65,536 networks of /64, and must not have as many
 * budgets.
 */
export const BLOCK_WEIGHT = 8;
