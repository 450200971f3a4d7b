/// How the elements of a stored tensor are encoded; the raw values are the names that safetensors uses.
package enum StoredType: String, CaseIterable, Sendable {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL

  /// Bytes of one element.
  package var size: Int {
    switch self {
    case .F64, .I64: 8
    case .F32, .I32: 4
    case .F16, .BF16, .I16: 2
    case .I8, .U8, .BOOL: 1
    }
  }

  /// Bytes of a tensor of this type, or nil if a size is negative or the product exceeds `Int`.
  func byteCount(shape: [Int]) -> Int? {
    guard let elements = elementCount(shape: shape) else { return nil }
    let (bytes, overflow) = elements.multipliedReportingOverflow(by: size)
    return overflow ? nil : bytes
  }
}

/// The product of the sizes (1 for none), or nil if a size is negative or the product exceeds `Int`.
func elementCount(shape: [Int]) -> Int? {
  if shape.contains(where: { $0 < 0 }) { return nil }
  if shape.contains(0) { return 0 }
  var product = 1
  for size in shape {
    let (next, overflow) = product.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    product = next
  }
  return product
}
