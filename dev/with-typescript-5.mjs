// Preloaded into tools that read syntax trees through TypeScript's JavaScript API, which TypeScript 7 no longer has:
// they get version 5 where they ask for "typescript".
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier.replace(/^typescript(?=$|\/)/, 'typescript-5'), context),
});
