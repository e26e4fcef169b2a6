/** The stand-in providers that run. A new one is its folder and one line here. */
import type { ProviderModule } from './core/provider.ts';
import { googleModule } from './google/index.ts';
import { linearModule } from './linear/index.ts';
import { notionModule } from './notion/index.ts';

export const providerModules: readonly ProviderModule[] = [googleModule, linearModule, notionModule];
