/** Rule 13's D: a provider's reads lag its writes by minutes, so absence means nothing sooner than this. */
export const graceMs = 15 * 60 * 1000;
