/** What the page runs; the launcher calls it. */
import { runExamples } from '../examples.ts'

declare global {
  interface Window {
    runExamples: typeof runExamples
  }
}

window.runExamples = runExamples
