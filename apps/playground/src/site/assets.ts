import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { shippedDataUrl } from '@sconce/conformance'
import type { Plugin } from 'vite'
import { servedName } from '../conformance/served-name.ts'
import { digitsFile } from './digits-file.ts'

const recorded = fileURLToPath(shippedDataUrl)

/** Files that the page fetches and that are made or lie elsewhere, by their path below the page. */
const assets: ReadonlyMap<string, () => Uint8Array> = new Map([
  ['digits.bin', digitsFile],
  // The recorded results of the conformance kit.
  ...readdirSync(recorded).map(
    (name) => [`recorded/${servedName(name)}`, () => readFileSync(recorded + name)] as const,
  ),
])

/** Serves the assets while developing, and puts them into the folder when building. */
export const assetsPlugin = (): Plugin => ({
  name: 'playground:assets',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const asset = assets.get(new URL(request.url ?? '/', 'http://localhost').pathname.slice(1))
      if (!asset) return next()
      response.setHeader('Content-Type', 'application/octet-stream')
      response.end(asset())
    })
  },
  generateBundle() {
    for (const [fileName, asset] of assets) {
      this.emitFile({ type: 'asset', fileName, source: asset() })
    }
  },
})
