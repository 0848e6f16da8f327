/** `npm run playground`: serves the page. With `--build` it is built first, as it would be published. */
import { parseArgs } from 'node:util'
import { build, createServer, preview } from 'vite'
import { siteConfig } from './site/config.ts'

const { values } = parseArgs({
  options: {
    build: { type: 'boolean', default: false },
    port: { type: 'string', default: '5173' },
    host: { type: 'string', default: 'localhost' },
  },
})
const address = { host: values.host, port: Number(values.port) }

if (values.build) {
  await build({ ...siteConfig, logLevel: 'warn' })
  const server = await preview({
    ...siteConfig,
    preview: { ...siteConfig.preview, ...address },
  })
  server.printUrls()
} else {
  const server = await createServer({
    ...siteConfig,
    server: { ...siteConfig.server, ...address },
  })
  await server.listen()
  server.printUrls()
}
