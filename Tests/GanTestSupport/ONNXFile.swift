import Testing

/// What an ONNX file holds, read with the numbers of its fields in onnx.proto.
package struct ONNXFile {
  package struct Node {
    package let kind: String
    package let inputs: [String], outputs: [String]
  }

  package struct Constant {
    package let sizes: [Int]
    /// 1: float, 7: int64.
    package let type: Int
    package let bytes: [UInt8]
  }

  package let nodes: [Node]
  package let constants: [String: Constant]
  /// Names with sizes; free ones by their names.
  package let inputs: [String: [String]], outputs: [String: [String]]
  package let metadata: [String: String]
  package let version: Int

  package init(_ path: String) {
    let model = ProtobufReader([UInt8](contents(of: path)))
    let graph = model.messages(7).first ?? ProtobufReader([])
    nodes = graph.messages(1).map { Node(kind: $0.texts(4).first ?? "", inputs: $0.texts(1), outputs: $0.texts(2)) }
    constants = Dictionary(
      graph.messages(5).map { constant in
        (
          constant.texts(8).first ?? "",
          Constant(
            sizes: constant.packed(1), type: constant.integers(2).first ?? 0, bytes: constant.bytes(9).first ?? [])
        )
      }, uniquingKeysWith: { first, _ in first })
    func values(_ number: Int) -> [String: [String]] {
      Dictionary(
        graph.messages(number).map { value in
          let shape = value.messages(2).first?.messages(1).first?.messages(2).first ?? ProtobufReader([])
          let sizes = shape.messages(1).map { $0.texts(2).first ?? $0.integers(1).first.map(String.init) ?? "?" }
          return (value.texts(1).first ?? "", sizes)
        }, uniquingKeysWith: { first, _ in first })
    }
    (inputs, outputs) = (values(11), values(12))
    metadata = Dictionary(
      model.messages(14).map { ($0.texts(1).first ?? "", $0.texts(2).first ?? "") }, uniquingKeysWith: { a, _ in a })
    version = model.messages(8).first?.integers(2).first ?? 0
  }

  /// What makes the file no graph: names that are not there yet when they are used, or given twice, and constants of
  /// another size than they say.
  package var faults: [String] {
    var known = Set(inputs.keys).union(constants.keys).union([""])
    var faults = constants.filter { name, constant in
      constant.bytes.count != constant.sizes.reduce(1, *) * (constant.type == 7 ? 8 : 4)
    }.map { "\($0.key): \($0.value.bytes.count) bytes for \($0.value.sizes)" }
    for node in nodes {
      faults += node.inputs.filter { !known.contains($0) }.map { "\(node.kind): no \($0) yet" }
      for output in node.outputs where !known.insert(output).inserted { faults.append("\(output) twice") }
    }
    return faults + outputs.keys.filter { !known.contains($0) }.map { "no \($0)" }
  }
}
