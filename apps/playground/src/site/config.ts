import { fileURLToPath } from 'node:url'
import { defaultClientConditions, type InlineConfig } from 'vite'
import { assetsPlugin } from './assets.ts'
import { headers, headersPlugin, isolation } from './headers.ts'

/** The folder of this application. */
export const home = fileURLToPath(new URL('../..', import.meta.url))

/** How the page is served and built: from the sources, so that no build of a package can be stale. */
export const siteConfig = {
  root: home,
  // Relative, so that the folder can lie anywhere.
  base: './',
  configFile: false,
  plugins: [assetsPlugin(), headersPlugin()],
  resolve: { conditions: ['@sconce/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  // Modules print the names of their classes.
  esbuild: { keepNames: true },
  build: { target: 'es2022', chunkSizeWarningLimit: 1500 },
  server: { headers: isolation },
  preview: { headers },
} satisfies InlineConfig
