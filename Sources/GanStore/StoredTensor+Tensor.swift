import GanTensor

extension StoredTensor {
  /// In memory, fp32; in a dry run its bytes are not read.
  package func tensor() throws -> Tensor { try Tensor(Shape(shape)) { try copyFloats(to: $0) } }
}
