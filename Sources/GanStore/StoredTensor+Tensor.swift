import GanTensor

extension StoredTensor {
  /// In memory, fp32; in a dry run its bytes are not read.
  package func tensor() throws -> Tensor { DryRun.isOn ? .zeros(Shape(shape)) : Tensor(try floats(), Shape(shape)) }
}
