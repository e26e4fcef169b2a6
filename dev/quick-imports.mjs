// Preloaded into every Node process of the stack. Node parses a package's package.json for each file that it imports from
// it, and that of drizzle-orm has 175 KB: without this, half of what the worker computes before it is ready goes there.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const isWithin = specifier.startsWith('.') && context.parentURL?.includes('/node_modules/drizzle-orm/');
    // Its package.json says that these are modules.
    if (!isWithin || !specifier.endsWith('.js')) return next(specifier, context);
    return { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true };
  },
});
