import { runInChromium } from '../launch/chromium.ts'
import type { Suite } from './suite.ts'

/** The kernels and models on wasm in a page of Chromium. */
export const browser: Suite = (request) => runInChromium('browser', request)
