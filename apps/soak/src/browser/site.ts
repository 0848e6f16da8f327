import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type InlineConfig, preview } from 'vite'

/** What makes a page cross-origin isolated, which is what threads take. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Builds the page from the sources and serves it; what is edited meanwhile does not reach it. */
export async function serve(): Promise<{ url: string; close(): Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'soak-'))
  const remove = () => rm(outDir, { recursive: true, force: true })
  const config: InlineConfig = {
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('.', import.meta.url)),
    resolve: { conditions: ['@sconce/source', 'module', 'browser', 'import', 'default'] },
    build: { outDir, emptyOutDir: true, target: 'esnext', minify: false, modulePreload: false },
    preview: { host: '127.0.0.1', port: 0, headers },
  }
  try {
    await build(config)
    const server = await preview(config)
    const [url] = server.resolvedUrls?.local ?? []
    if (!url) throw new Error('the server has no address')
    return {
      url,
      async close() {
        await server.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
