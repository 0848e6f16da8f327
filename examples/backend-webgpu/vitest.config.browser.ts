import { browserTests } from '../../vitest.shared.ts'

export default browserTests('backend-webgpu', [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
])
