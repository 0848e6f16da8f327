import { ReferenceBackend } from '../src/reference/index.ts'

export { indices } from '../src/reference/index.ts'

/** The reference under the name of a stranger's first backend. */
export class ToyBackend extends ReferenceBackend {
  override readonly name: string = 'toy'
}
