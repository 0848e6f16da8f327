import { describe, expect, it } from 'vitest'
import { onnxModel } from '../src/contestants/onnx.ts'
import { uniform } from '../src/rows/inputs.ts'
import { onnx } from '../src/rows/row.ts'

describe('ONNX models', () => {
  it('are the bytes of the protocol', () => {
    const model = onnxModel(onnx('Softmax', ['a'], { axis: 1 }), { a: uniform(2, 300) })
    const hex = Buffer.from(model).toString('hex')
    // NodeProto: input "a", output "y", op_type "Softmax", attribute axis = 1 of type INT
    const node = '0a01611201792207536f66746d61782a0b0a04617869731801a00102'
    expect(hex).toContain(`0a${(node.length / 2).toString(16)}${node}`)
    // ValueInfoProto: "a", a float tensor of 2 × 300
    expect(hex).toContain('0a0161120f0a0d080112090a0208020a0308ac02')
    // ir_version 8 first, opset 17 last
    expect(hex.startsWith('0808')).toBe(true)
    expect(hex.endsWith('42040a001011')).toBe(true)
  })
})
