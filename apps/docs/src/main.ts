/** `npm run docs`: the table of ops and the site. `--ops` makes the table alone. */
import '@sconce/autograd'
import '@sconce/backend-cpu'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { opsPage } from './ops/page.ts'
import { root } from './pages.ts'
import { buildSite } from './site/build.ts'

writeFileSync(join(root, 'docs/ops.md'), opsPage())
if (!process.argv.includes('--ops')) process.exitCode = await buildSite()
