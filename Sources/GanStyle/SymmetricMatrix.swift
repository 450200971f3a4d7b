/// A symmetric matrix of 3x3 numbers.
struct SymmetricMatrix {
  var xx, xy, xz, yy, yz, zz: Double

  /// Of a matrix that has one.
  var inverse: SymmetricMatrix {
    let first = yy * zz - yz * yz, second = xz * yz - xy * zz, third = xy * yz - xz * yy
    let factor = 1 / (xx * first + xy * second + xz * third)
    return SymmetricMatrix(
      xx: first * factor, xy: second * factor, xz: third * factor, yy: (xx * zz - xz * xz) * factor,
      yz: (xy * xz - xx * yz) * factor, zz: (xx * yy - xy * xy) * factor)
  }

  /// The first three lanes are the vector; the fourth of the result is 0.
  func times(_ v: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(xx, xy, xz, 0) * v.x + SIMD4(xy, yy, yz, 0) * v.y + SIMD4(xz, yz, zz, 0) * v.z
  }
}
