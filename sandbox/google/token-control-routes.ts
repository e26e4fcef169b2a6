import type { ControlRoute } from '../core/provider.ts';
import type { Listings } from './listings.ts';
import { controlAccount } from './people/contact-control-routes.ts';

/** Control routes for tokens that only Google has. */
export function tokenControlRoutes(listings: Listings): ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/google/{account}/sync-tokens/expire',
      handle: (call) => {
        listings.expire(controlAccount(call).email);
        return { status: 200, body: {} };
      },
    },
  ];
}
