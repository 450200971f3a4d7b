import GanBase
import GanTensor

/// Turns a traced computation into nodes of ONNX (opset 17).
///
/// Pictures are `[N,H,W,C]` in our program and `[N,C,H,W]` in the graph. Every value knows which of its axes is which, so
/// that permutations cost nothing, and transpositions stand only where something else needs the elements in our order.
struct GraphWriter {
  /// A value of the graph: its axis `i` is our axis `axes[i]`.
  struct Placed {
    let name: String
    let axes: [Int]
  }

  /// A value as a constant in some layout.
  private struct ConstantKey: Hashable {
    let value: GraphTrace.Value
    let shape: Shape
    let order: [Int]
  }

  /// How pictures lie in the graph.
  static let pictureAxes = [0, 3, 1, 2]

  private let trace: GraphTrace
  /// Names of weights.
  private let names: [GraphTrace.Value: String]
  private var placed: [GraphTrace.Value: Placed] = [:]
  private var constants: [ConstantKey: String] = [:]
  private var integerConstants: [[Int]: String] = [:]
  private var takenNames: Set<String> = []
  /// Values derived from others, such as maps less their means, by what they are.
  var derived: [String: String] = [:]
  private(set) var graph = ONNXGraph()

  /// - Parameters:
  ///   - inputs: with the names that they have in the graph.
  ///   - names: of weights; other constants are numbered.
  /// - Throws: `GanError` (usage) if ONNX has no operators for something.
  static func graph(
    of result: Tensor, in trace: GraphTrace, inputs: [(name: String, tensor: Tensor)],
    names: [GraphTrace.Value: String]
  ) throws -> ONNXGraph {
    var writer = GraphWriter(trace, names)
    for (name, tensor) in inputs { writer.place(tensor, name, axes: naturalAxes(tensor.shape.rank)) }
    for node in trace.nodes(behind: result) { try writer.write(node) }
    let last = writer.value(result)
    writer.graph.outputSizes = naturalAxes(result.shape.rank).map { result.shape[$0] }
    writer.rename(last, "output")
    return writer.graph
  }

  private init(_ trace: GraphTrace, _ names: [GraphTrace.Value: String]) { (self.trace, self.names) = (trace, names) }

  /// The order of axes in which values usually lie in the graph.
  static func naturalAxes(_ rank: Int) -> [Int] { rank == 4 ? pictureAxes : Array(0..<rank) }

  // MARK: Values

  mutating func place(_ tensor: Tensor, _ name: String, axes: [Int]? = nil) {
    placed[GraphTrace.value(tensor)] = Placed(name: name, axes: axes ?? Self.naturalAxes(tensor.shape.rank))
  }

  func placement(_ tensor: Tensor) -> Placed? { placed[GraphTrace.value(tensor)] }

  func isConstant(_ tensor: Tensor) -> Bool { placement(tensor) == nil }

  /// The name of a value with its axes in this order (the natural one if nil).
  mutating func value(_ tensor: Tensor, axes: [Int]? = nil) -> String {
    let axes = axes ?? Self.naturalAxes(tensor.shape.rank)
    guard let value = placement(tensor) else { return constant(tensor, order: axes) }
    if value.axes == axes { return value.name }
    let order = axes.map { axis in value.axes.firstIndex(of: axis) ?? 0 }
    return add("Transpose", [value.name], ["perm": .integers(order)])
  }

  /// An operand of an elementwise operation whose result has so many axes.
  mutating func operand(_ tensor: Tensor, rank: Int) -> String {
    let missing = rank - tensor.shape.rank, axes = Self.naturalAxes(rank)
    if isConstant(tensor) {
      if tensor.count == 1 { return constant(tensor, shape: [], order: []) }
      let shape = Shape([Int](repeating: 1, count: missing) + tensor.shape.sizes)
      return constant(tensor, shape: shape, order: axes)
    }
    if missing == 0 { return value(tensor) }
    let plain = value(tensor, axes: Array(0..<tensor.shape.rank))
    let wide = add("Unsqueeze", [plain, integers(Array(0..<missing))])
    return axes == Array(0..<rank) ? wide : add("Transpose", [wide], ["perm": .integers(axes)])
  }

  /// A constant, seen as `shape`, with its axes in this order.
  mutating func constant(_ tensor: Tensor, shape: Shape? = nil, order: [Int]) -> String {
    let key = ConstantKey(value: GraphTrace.value(tensor), shape: shape ?? tensor.shape, order: order)
    if let name = constants[key] { return name }
    let name = free(names[key.value] ?? "constant_\(graph.constants.count)")
    constants[key] = name
    graph.constants.append(ONNXConstant(name: name, content: .floats(tensor, shape: key.shape, order: order)))
    return name
  }

  mutating func integers(_ values: [Int]) -> String {
    if let name = integerConstants[values] { return name }
    let name = free("integers_\(graph.constants.count)")
    integerConstants[values] = name
    graph.constants.append(ONNXConstant(name: name, content: .integers(values)))
    return name
  }

  mutating func scalar(_ number: Double) -> String {
    let key = "scalar \(number)"
    if let name = derived[key] { return name }
    let name = constant(Tensor([Float(number)], []), order: [])
    derived[key] = name
    return name
  }

  /// A name that no other constant has: a weight may be needed in two layouts.
  private mutating func free(_ name: String) -> String {
    var candidate = name, number = 2
    while !takenNames.insert(candidate).inserted {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  // MARK: Nodes

  /// Adds a node.
  /// - Returns: the name of its result.
  mutating func add(
    _ kind: String, _ inputs: [String], _ attributes: KeyValuePairs<String, ONNXNode.Attribute> = [:]
  ) -> String {
    let name = "\(kind)_\(graph.nodes.count)"
    graph.nodes.append(
      ONNXNode(
        name: name, kind: kind, inputs: inputs, output: name, attributes: attributes.map { (key: $0, value: $1) }))
    return name
  }

  /// What `make` adds, once for each key.
  mutating func once(_ key: String, _ make: (inout GraphWriter) -> String) -> String {
    if let name = derived[key] { return name }
    let name = make(&self)
    derived[key] = name
    return name
  }

  mutating func noteMixedBatch() { graph.mixesBatch = true }

  /// Gives a value another name, or a copy of it if it is no node's result.
  private mutating func rename(_ old: String, _ new: String) {
    guard let place = graph.nodes.firstIndex(where: { $0.output == old }) else {
      let copy = add("Identity", [old])
      return rename(copy, new)
    }
    graph.nodes[place].output = new
    for place in graph.nodes.indices {
      graph.nodes[place].inputs = graph.nodes[place].inputs.map { $0 == old ? new : $0 }
    }
  }
}
