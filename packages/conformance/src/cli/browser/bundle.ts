/** The kit and a backend's module as files for a page, made with vite. */
import { fileURLToPath } from 'node:url'
import type { InlineConfig } from 'vite'
import type { PageOptions } from '../../browser.ts'

/** Files by their path below the root. */
export type BundleFiles = ReadonlyMap<string, string | Uint8Array>

const ENTRY = 'virtual:conformance'

/** The page calls `conformanceTell`, which the browser's driver puts there, and waits for `conformanceRun`. */
const entrySource = (kit: string, module: string, options: PageOptions): string => `
import { prepareInPage } from ${JSON.stringify(kit)}
const tell = (message) => globalThis.conformanceTell(JSON.stringify(message))
const prepared = prepareInPage(() => import(${JSON.stringify(module)}), ${JSON.stringify(options)}, tell)
globalThis.conformanceRun = async (options) => (await prepared)(options)
`

const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url)

/** @throws Error where vite is not installed, or the module can't be built */
export async function bundle(module: string, options: PageOptions): Promise<BundleFiles> {
  const { build } = await import('vite')
  const kit = import.meta.resolve('@sconce/conformance/browser')
  // On the sources of this repository its packages are sources too.
  const source = kit.endsWith('.ts') ? ['@sconce/source'] : []
  const config: InlineConfig = {
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: [...source, 'module', 'browser', 'import', 'default'] },
    plugins: [
      {
        name: 'conformance-entry',
        resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : undefined),
        load: (id) =>
          id === `\0${ENTRY}` ? entrySource(pathOf(kit), pathOf(module), options) : undefined,
      },
    ],
    build: {
      write: false,
      target: 'esnext',
      minify: false,
      modulePreload: false,
      rollupOptions: {
        input: ENTRY,
        output: { entryFileNames: 'main.js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  }
  const built = await build(config)
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) =>
    'output' in one ? one.output : [],
  )
  return new Map(
    outputs.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]),
  )
}
