import type { Row } from './row.ts'

export const models: readonly Row[] = []
