import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, preview } from 'vite'
import type { TestProject } from 'vitest/node'
import { siteConfig } from '../../src/site/config.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The page, sent with all headers. */
    site: string
    /** The page in a folder of a server that knows nothing of headers. */
    plainSite: string
  }
}

/** Builds the page once for all tests and serves it in both ways. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), 'sconce-playground-'))
  const built = { ...siteConfig.build, outDir, emptyOutDir: true }
  await build({ ...siteConfig, build: built, logLevel: 'error' })
  const serve = async (base: string, headers: Readonly<Record<string, string>>) => {
    const server = await preview({
      ...siteConfig,
      base,
      build: built,
      preview: { headers, port: 0, host: '127.0.0.1' },
    })
    const { port } = server.httpServer.address() as AddressInfo
    return { server, url: `http://127.0.0.1:${port}${base}` }
  }
  const site = await serve('/', siteConfig.preview.headers)
  const plainSite = await serve('/some/folder/', {})
  project.provide('site', site.url)
  project.provide('plainSite', plainSite.url)
  return async () => {
    await site.server.close()
    await plainSite.server.close()
    await rm(outDir, { recursive: true })
  }
}
