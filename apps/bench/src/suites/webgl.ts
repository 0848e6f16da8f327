import { runInChromium } from '../launch/chromium.ts'
import type { Suite } from './suite.ts'

/** Sconce on WebGL beside its peers, in one page of Chromium. */
export const webgl: Suite = (request) => runInChromium('webgl', request)
