import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'

const entry = fileURLToPath(new URL('page.ts', import.meta.url))
const root = fileURLToPath(new URL('../../../..', import.meta.url))

const html =
  '<!doctype html><meta charset="utf-8"><title>soak</title>' +
  `<script type="module" src="/@fs${entry}"></script>`

/** Serves the page from the sources, cross-origin isolated, so that there may be threads. */
export async function serve(): Promise<{ url: string; close(): Promise<void> }> {
  const server: ViteDevServer = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    cacheDir: `${root}node_modules/.cache/sconce/soak`,
    resolve: { conditions: ['@sconce/source', 'module', 'browser', 'development|production'] },
    optimizeDeps: { noDiscovery: true },
    server: {
      port: 0,
      host: '127.0.0.1',
      // The page is to stay as it is, whatever is edited meanwhile.
      hmr: false,
      watch: null,
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
    plugins: [
      {
        name: 'soak-page',
        configureServer: ({ middlewares }) =>
          void middlewares.use('/soak', (_, response) => {
            response.setHeader('Content-Type', 'text/html')
            response.end(html)
          }),
      },
    ],
  })
  await server.listen()
  const [base] = server.resolvedUrls?.local ?? []
  if (!base) throw new Error('the server has no address')
  return { url: `${base}soak`, close: () => server.close() }
}
