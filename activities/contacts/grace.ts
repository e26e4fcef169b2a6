/** Rule 13's D: a provider's reads lag its writes by minutes, so absence means nothing sooner than this. */
export const graceMs = 15 * 60 * 1000;

/** No read lags or flickers for so long: what shows up again as it was when it went is there. */
export const longGoneMs = 24 * 60 * 60 * 1000;
