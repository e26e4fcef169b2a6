/** Builds the page into web/dist, which the API serves. Everything is same-origin files, so a strict CSP holds. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    /** These know light-dark(). What it is turned into for older ones follows the system alone, not an embedder's wish. */
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    /** A data: URL would need an exception in the CSP. */
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
