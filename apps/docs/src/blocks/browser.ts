import { basename, join, relative } from 'node:path'
import { build } from 'esbuild'
import { type Browser, chromium } from 'playwright'
import { outside, root } from '../pages.ts'
import type { BlockModule } from './modules.ts'

/** Where the blocks of a page seem to come from; nothing listens there. */
const origin = 'http://localhost/'

/** WebGL and WebGPU, played by the processor. */
const gpuFlags = [
  ...['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  ...['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader'],
]

/** The browser of the tests: the system's. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', ...gpuFlags],
  })

/** Bundles a block, and the files beside it that it may start as workers; texts by name. */
async function bundle(
  block: BlockModule,
  files: readonly BlockModule[],
): Promise<Map<string, string>> {
  const entries = [block, ...files.filter(({ folder }) => folder === block.folder)]
  const { outputFiles } = await build({
    ...{ entryPoints: entries.map(({ file }) => file), outdir: block.folder, write: false },
    ...{ bundle: true, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'error' },
    conditions: ['@sconce/source', 'browser'],
    // What stands outside of the workspace has no folder of packages of its own.
    alias: { 'sconce-backend-webgpu': join(root, outside['sconce-backend-webgpu']) },
    nodePaths: [join(root, 'apps/docs/node_modules')],
    external: ['node:*'],
  })
  return new Map(outputFiles.map(({ path, text }) => [relative(block.folder, path), text]))
}

/**
 * Runs a block in a page.
 * @returns null, or the error
 */
export async function runInBrowser(
  browser: Browser,
  block: BlockModule,
  files: readonly BlockModule[],
): Promise<string | null> {
  const scripts = await bundle(block, files)
  const main = basename(block.file).replace(/\.ts$/, '.js')
  // An error at the top of a module is seen by whoever imports it.
  const start = `import('./${main}').then(() => { window.outcome = null }, (e) => { window.outcome = String(e?.stack ?? e) })`
  const html = `<!doctype html><title>block</title><script type="module">${start}</script>`
  const tab = await browser.newPage()
  try {
    await tab.route(`${origin}**`, (route) => {
      // A worker is named as it is written, and has been translated.
      const path = new URL(route.request().url()).pathname.slice(1).replace(/\.ts$/, '.js')
      const script = scripts.get(path)
      return script === undefined
        ? route.fulfill({ contentType: 'text/html', body: html })
        : route.fulfill({ contentType: 'text/javascript', body: script })
    })
    await tab.goto(origin)
    await tab.waitForFunction(() => 'outcome' in window, undefined, { timeout: 240_000 })
    return await tab.evaluate(() => (window as { outcome?: string | null }).outcome ?? null)
  } finally {
    await tab.close()
  }
}
