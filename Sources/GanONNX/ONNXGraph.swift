import GanTensor

/// A node of ONNX: an operator of the default domain.
struct ONNXNode: Equatable {
  enum Attribute: Equatable {
    case integer(Int)
    case integers([Int])
    case float(Double)
    case text(String)
  }

  let name: String
  let kind: String
  /// Names; empty for an optional input that is left out.
  var inputs: [String]
  var output: String
  let attributes: [(key: String, value: Attribute)]

  static func == (a: ONNXNode, b: ONNXNode) -> Bool {
    a.name == b.name && a.kind == b.kind && a.inputs == b.inputs && a.output == b.output
      && a.attributes.elementsEqual(b.attributes) { $0.key == $1.key && $0.value == $1.value }
  }
}

/// A constant of a graph.
struct ONNXConstant {
  enum Content {
    /// Axis `i` of the constant is axis `order[i]` of the tensor, whose shape is seen as `shape` first.
    case floats(Tensor, shape: Shape, order: [Int])
    case integers([Int])
  }

  let name: String
  let content: Content

  /// The sizes as they are written.
  var sizes: [Int] {
    switch content {
    case .floats(_, let shape, let order): order.map { shape[$0] }
    case .integers(let values): [values.count]
    }
  }

  func isSame(as other: ONNXConstant) -> Bool {
    guard name == other.name, sizes == other.sizes else { return false }
    switch (content, other.content) {
    case (.integers(let a), .integers(let b)): return a == b
    case (.floats(let a, _, let order), .floats(let b, _, let otherOrder)):
      return order == otherOrder && a.hasSameBytes(as: b)
    default: return false
    }
  }
}

/// The nodes of a computation in their order, and the constants in them.
struct ONNXGraph {
  var nodes: [ONNXNode] = []
  var constants: [ONNXConstant] = []
  /// The sizes of the traced result, as they are written: `[N,C,H,W]`.
  var outputSizes: [Int] = []
  /// Whether a picture's result depends on the other pictures of its batch.
  var mixesBatch = false

  /// Whether these are graphs of the same computation, for inputs of whatever sizes and contents they were made.
  func isSame(as other: ONNXGraph) -> Bool {
    nodes == other.nodes && constants.count == other.constants.count
      && zip(constants, other.constants).allSatisfy { $0.isSame(as: $1) }
  }
}

extension Tensor {
  fileprivate func hasSameBytes(as other: Tensor) -> Bool {
    if self === other { return true }
    return withBytes { a in other.withBytes { b in a.elementsEqual(b) } }
  }
}
