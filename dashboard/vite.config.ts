import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The gateway serves dist/ under a strict Content-Security-Policy, from any path:
// relative URLs, nothing inline, and as few files as possible.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rollupOptions: {
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        banner: '/*! Sallyport dashboard. Contains React, (c) Meta Platforms, MIT licence. */',
      },
    },
  },
  server: {
    // `npm run dev` talks to a running gateway, or to dev/server.mjs.
    proxy: {
      '/api': { target: process.env['SALLYPORT_ADMIN'] ?? 'http://127.0.0.1:9444', secure: false },
    },
  },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node', css: true },
});
