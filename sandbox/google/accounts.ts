/** The Google accounts that exist. The first is the one that a consent answered by `allow` signs in. */
export interface GoogleAccount {
  email: string;
  /** The stable numeric id, as `id` of userinfo and `sub` of an id token. */
  sub: string;
  name: string;
  givenName: string;
  familyName: string;
  timeZone: string;
  /** For its calendar of public holidays, as date-holidays and Google's calendar id name it. */
  country: { code: string; calendar: string; title: string };
  locale: string;
}

export const googleAccounts: readonly [GoogleAccount, ...GoogleAccount[]] = [
  {
    email: 'ada@example.com',
    sub: '108204268033311374519',
    name: 'Ada Lindqvist',
    givenName: 'Ada',
    familyName: 'Lindqvist',
    timeZone: 'Europe/Berlin',
    country: { code: 'DE', calendar: 'en.german', title: 'Holidays in Germany' },
    locale: 'en-GB',
  },
  {
    email: 'grace@example.com',
    sub: '114629370518264097735',
    name: 'Grace Okafor',
    givenName: 'Grace',
    familyName: 'Okafor',
    timeZone: 'America/New_York',
    country: { code: 'US', calendar: 'en.usa', title: 'Holidays in United States' },
    locale: 'en-US',
  },
];

/** The account of that e-mail address. */
export function findAccount(email: string): GoogleAccount | undefined {
  return googleAccounts.find((account) => account.email === email.toLowerCase());
}
