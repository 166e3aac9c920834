/** Beyond this a phone's clock is wrong rather than late: said on the phone and at the office alike. */
export const CLOCK_MS_MAX = 10 * 60_000;
