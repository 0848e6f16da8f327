/** `npm start`: installs, builds and runs the example programs. */
import { app } from './app.mjs'
import { build, install } from './prepare.mjs'

process.exitCode = install() && build() ? app('examples', process.argv.slice(2)) : 1
