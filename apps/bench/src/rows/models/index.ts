import type { Row } from '../row.ts'
import { cnn } from './cnn.ts'
import { lstm } from './lstm.ts'
import { mlp } from './mlp.ts'
import { transformer } from './transformer.ts'

/** Training steps of small models, written as each library's users write them. */
export const models: readonly Row[] = [...mlp, cnn, lstm, transformer]
