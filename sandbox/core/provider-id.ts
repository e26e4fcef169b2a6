export const providerIds = ['google', 'linear', 'notion'] as const;
export type ProviderId = (typeof providerIds)[number];
