/** `npm run build`: installs and builds. */
import { build, install } from './prepare.mjs'

process.exitCode = install() && build() ? 0 : 1
