/** Why a sign-in did not work, in words, for codes that come without words of their own. */

export interface OutcomeWords {
  readonly title: string;
  readonly remedy: string;
}

const known: readonly (readonly [RegExp, OutcomeWords])[] = [
  [
    /access_denied|refused|denied/,
    {
      title: 'Access was not allowed',
      remedy: 'Nothing was connected. Try again and choose “Allow” to connect.',
    },
  ],
  [
    /scope|forbidden/,
    {
      title: 'A permission that Harmony needs was left unticked',
      remedy: 'Try again and leave every box ticked.',
    },
  ],
  [
    /wrong_account|account_mismatch/,
    {
      title: 'That was a different account',
      remedy: 'Try again and choose the account that this integration belongs to.',
    },
  ],
  [
    /account_in_use|already/,
    {
      title: 'That account is connected already',
      remedy: 'Manage the existing integration, or try again with another account.',
    },
  ],
  [
    /access_ended|code_expired/,
    {
      title: 'The sign-in was ended before it was finished',
      remedy: 'Nothing was changed. Start it again.',
    },
  ],
  [
    /expired|state|attempt/,
    {
      title: 'The sign-in took too long',
      remedy: 'A sign-in is good for ten minutes and for one use. Start it again.',
    },
  ],
];

export function describeOutcome(code: string | undefined): OutcomeWords {
  return (
    known.find(([pattern]) => code !== undefined && pattern.test(code))?.[1] ?? {
      title: 'The sign-in did not work',
      remedy: 'Try again. If it happens again, test the connection or ask the people who run Harmony.',
    }
  );
}
