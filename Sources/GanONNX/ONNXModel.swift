import GanBase
import GanStore
import GanTensor

/// A network as a file of ONNX (opset 17) holds it: pictures `[N,C,H,W]` in [-1,1], `input` and `output`.
///
/// Whether the graph serves other sizes and batches is not declared anywhere but found out: the computation is traced
/// with different sizes, and where both graphs are the same, down to the last constant, the sizes are free. This
/// also shows that nothing in the graph was computed from the numbers of the one picture that it was traced with.
package struct ONNXModel {
  private let graph: ONNXGraph
  private let computation: TracedComputation
  /// Height and width if they are fixed.
  package let side: Int?
  /// Whether any number of pictures may be given at once.
  package let isBatchFree: Bool
  private let enlargement: Int

  package var nodes: Int { graph.nodes.count }
  package var parameters: Int { graph.constants.count }

  /// - Parameters:
  ///   - side: a height and width that the network takes.
  ///   - other: a larger height and width that it takes too; nil if there is none.
  ///   - enlargement: how many times as high and as wide as its input the output is.
  ///   - names: of weights.
  /// - Throws: `GanError` (usage) if ONNX has no operators for something.
  package init(
    _ computation: TracedComputation, side: Int, other: (height: Int, width: Int)?, enlargement: Int = 1,
    names: [(Tensor, String)]
  ) throws {
    let names = Dictionary(names.map { (GraphTrace.value($0), $1) }) { first, _ in first }
    func traced(_ sizes: TracedComputation.Sizes, seed: UInt64) throws -> ONNXGraph {
      try computation.graph(sizes, seed: seed, names: names)
    }
    let graph = try traced(.init(height: side, width: side), seed: 1)
    func isFree(batch: Int, _ size: (height: Int, width: Int)?) throws -> Bool {
      guard let size, batch == 1 || !graph.mixesBatch else { return false }
      return try traced(.init(batch: batch, height: size.height, width: size.width), seed: 2).isSame(as: graph)
    }
    (self.graph, self.computation, self.enlargement) = (graph, computation, enlargement)
    if try isFree(batch: 2, other) {
      (self.side, isBatchFree) = (nil, true)
    } else if try isFree(batch: 1, other) {
      (self.side, isBatchFree) = (nil, false)
    } else if try isFree(batch: 2, (side, side)) {
      (self.side, isBatchFree) = (side, true)
    } else if try isFree(batch: 1, (side, side)) {
      (self.side, isBatchFree) = (side, false)
    } else {
      throw GanError(.bug, "the traced graph holds numbers that were computed from the picture")
    }
  }

  /// Writes the file, whole or not at all.
  /// - Parameter metadata: what else users of the file should know.
  /// - Throws: `GanError`: (usage) if it would exceed the 2 GiB of a protobuf message, (environment) if the disk refuses.
  package func write(to path: FilePath, version: String, metadata: [(key: String, value: String)]) throws {
    var model = ProtobufMessage()
    model.add(1, 8)  // ir_version
    model.add(2, "ganctl")  // producer_name
    model.add(3, version)  // producer_version
    try model.add(7) { try write(&$0) }  // graph
    model.add(8) {  // opset_import
      $0.add(1, "")
      $0.add(2, 17)
    }
    for (key, value) in metadata {
      model.add(14) {  // metadata_props
        $0.add(1, key)
        $0.add(2, value)
      }
    }
    guard model.size <= Int32.max else {
      throw GanError.usage(
        "the network is too large for an ONNX file, which holds at most 2 GiB", at: path,
        help: "export its weights as .pth or .safetensors")
    }
    try model.write(to: path)
  }

  private func write(_ message: inout ProtobufMessage) throws {
    for node in graph.nodes { message.add(1) { Self.write(node, to: &$0) } }
    message.add(2, "ganctl")  // name
    for constant in graph.constants { try message.add(5) { try Self.write(constant, to: &$0) } }
    message.add(11) { write("input", [computation.channels] + sizes, to: &$0) }
    for (name, size) in computation.vectors { message.add(11) { write(name, [size], to: &$0) } }
    let large = side.map { $0 * enlargement }, times = enlargement > 1 ? "\(enlargement)*" : ""
    message.add(12) { write("output", [graph.outputSizes[1], large, large], enlargedBy: times, to: &$0) }
  }

  /// Of height and width; nil where they are free.
  private var sizes: [Int?] { [side, side] }

  /// A value's name, type and shape; the number of pictures comes first.
  /// - Parameter times: stands before the names of free heights and widths.
  private func write(
    _ name: String, _ sizes: [Int?], enlargedBy times: String = "", to message: inout ProtobufMessage
  ) {
    let free = ["N", "", "\(times)H", "\(times)W"]
    message.add(1, name)
    message.add(2) {  // type
      $0.add(1) {  // tensor_type
        $0.add(1, 1)  // elem_type: float
        $0.add(2) { shape in
          for (axis, size) in ([isBatchFree ? nil : 1] + sizes).enumerated() {
            shape.add(1) { dimension in
              if let size { dimension.add(1, size) } else { dimension.add(2, free[axis]) }
            }
          }
        }
      }
    }
  }

  private static func write(_ node: ONNXNode, to message: inout ProtobufMessage) {
    for input in node.inputs { message.add(1, input) }
    message.add(2, node.output)
    message.add(3, node.name)
    message.add(4, node.kind)
    for (key, value) in node.attributes {
      message.add(5) { attribute in
        attribute.add(1, key)
        // The value, and its type.
        switch value {
        case .float(let number):
          attribute.add(2, Float(number))
          attribute.add(20, 1)
        case .integer(let number):
          attribute.add(3, number)
          attribute.add(20, 2)
        case .text(let text):
          attribute.add(4, text)
          attribute.add(20, 3)
        case .integers(let numbers):
          for number in numbers { attribute.add(8, number) }
          attribute.add(20, 7)
        }
      }
    }
  }

  private static func write(_ constant: ONNXConstant, to message: inout ProtobufMessage) throws {
    message.add(1, constant.sizes)  // dims
    switch constant.content {
    case .floats(let tensor, let shape, let order):
      message.add(2, 1)  // data_type: float
      message.add(8, constant.name)
      message.add(
        9,  // raw_data
        TensorSource(name: constant.name, type: .F32, shape: constant.sizes) { sink in
          let seen = tensor.converted(to: .float32).reshaped(to: shape)
          try OutOfMemory.guarding { order == Array(order.indices) ? seen : seen.permuted(order) }.withBytes(sink)
        })
    case .integers(let values):
      message.add(2, 7)  // int64
      message.add(8, constant.name)
      message.add(
        9, values.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) } })
    }
  }
}
