import { packageTests } from '../../vitest.shared.ts'

export default packageTests('app-soak')
