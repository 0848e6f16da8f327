import './ops/install.ts'
import { maskedSchemas } from './ops/masked.ts'
import { functionsOf } from './table.ts'

/** `torch.masked`. */
export const masked = functionsOf(maskedSchemas, 'masked')
