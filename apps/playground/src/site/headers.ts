import type { Plugin } from 'vite'

/** What makes a page cross-origin isolated: only then are there threads. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/**
 * The policy that the page lives under. `wasm-unsafe-eval` lets the wasm backend compile its kernels;
 * `blob:` lets the programs that are typed into the page run, and starts the threads. Browsers put style
 * attributes into what is being edited, which an editor can't keep them from; marks of errors are images in
 * its style sheet.
 */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "img-src 'self' data:",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** All of them, for servers that can be told to send headers. */
export const headers = { ...isolation, 'Content-Security-Policy': contentSecurityPolicy }

/**
 * Writes the policy into the page, so that it holds on any server, and a file `_headers`, from which some
 * hosts of static sites read what to send.
 */
export const headersPlugin = (): Plugin => ({
  name: 'playground:headers',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
      injectTo: 'head-prepend',
    },
  ],
  generateBundle() {
    const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)
    this.emitFile({
      type: 'asset',
      fileName: '_headers',
      source: ['/*', ...lines, ''].join('\n'),
    })
  },
})
