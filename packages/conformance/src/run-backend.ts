import type { Backend } from '@sconce/backend'
import { makeSuite } from './execute/suite.ts'
import type { Golden } from './golden/golden.ts'
import { libraryKnownFailures } from './known-failures.ts'
import type { Result } from './report/result.ts'
import { type RunOptions, run as runSuite } from './runner.ts'

/** Options of a run of the kit over a backend. */
export interface BackendRunOptions extends RunOptions {
  /** Recorded results: `shippedGolden()`, `goldenFolder(folder)`, or packed ones behind a URL. */
  readonly golden: Golden | Promise<Golden>
}

/**
 * Runs the kit over a backend: kernels, cases from the op table, recorded results, robustness. Yields a
 * result per case, lowest level first.
 * @throws Error where recorded results can't be read
 */
export async function* run(
  backend: Backend,
  { golden, knownFailures, ...options }: BackendRunOptions,
): AsyncGenerator<Result, void, undefined> {
  const only = typeof options.only === 'string' ? [options.only] : options.only
  const suite = await makeSuite(backend, await golden, only)
  yield* runSuite(suite, {
    // Of a part of the cases the list names more than there is.
    checkKnownFailures: only === undefined,
    ...options,
    knownFailures: { ...libraryKnownFailures, ...knownFailures },
  })
}
