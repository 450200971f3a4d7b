import GanTensor

/// How a stored tensor is laid out in PyTorch's files.
package enum WeightLayout: Equatable, Sendable {
  /// The same order of axes.
  case same
  /// `[kh,kw,I,O]` here, `[O,I,kh,kw]` there; for a transposed convolution, whose weight is that of the
  /// convolution it inverts, this is PyTorch's `[in,out,kh,kw]`.
  case convolution
  /// One row of a convolution's weight seen as a matrix: `[k,k,I]` here, a vector in the order I, k, k there.
  case convolutionRow(kernel: Int)

  /// The shape in PyTorch's files.
  package func official(_ shape: Shape) -> Shape {
    switch self {
    case .same: return shape
    case .convolution: return [shape[3], shape[2], shape[0], shape[1]]
    case .convolutionRow: return [shape.count]
    }
  }

  package func toOfficial(_ tensor: Tensor) -> Tensor {
    let tensor = tensor.detached()
    switch self {
    case .same: return tensor
    case .convolution: return tensor.permuted([3, 2, 0, 1])
    case .convolutionRow: return tensor.permuted([2, 0, 1]).reshaped(to: [tensor.count])
    }
  }

  /// The inverse; `tensor` has an official shape.
  package func fromOfficial(_ tensor: Tensor) -> Tensor {
    let tensor = tensor.detached()
    switch self {
    case .same: return tensor
    case .convolution: return tensor.permuted([2, 3, 1, 0])
    case .convolutionRow(let kernel):
      return tensor.reshaped(to: [tensor.count / (kernel * kernel), kernel, kernel]).permuted([1, 2, 0])
    }
  }
}

/// A tensor of a network under its official key: trained (a parameter) or carried along (a buffer).
package final class NamedTensor {
  /// The PyTorch state_dict key within the network.
  package let key: String
  package let tensor: Tensor
  package let layout: WeightLayout
  package let isParameter: Bool
  /// Whether it is part of the network's definition: files have it, but it is never another.
  package let isConstant: Bool

  init(key: String, tensor: Tensor, layout: WeightLayout, isParameter: Bool, isConstant: Bool = false) {
    (self.key, self.layout, self.isParameter, self.isConstant) = (key, layout, isParameter, isConstant)
    self.tensor = isParameter ? tensor.variable() : tensor
  }

  package var officialShape: Shape { layout.official(tensor.shape) }
  package var officialValue: Tensor { layout.toOfficial(tensor) }

  package func assign(official value: Tensor) {
    // The usual case, without a copy in between: starting a program is mostly this.
    if layout == .convolution, value.type == tensor.type {
      tensor.assign(value.detached(), permuted: [2, 3, 1, 0])
    } else {
      tensor.assign(layout.fromOfficial(value).converted(to: tensor.type))
    }
  }
}

/// The tensors of a network, in the order of construction.
package final class TensorStore {
  /// The network's name, such as `G`; draws of its layers begin with it.
  package let name: String
  package private(set) var entries: [NamedTensor] = []
  /// While set, records what the network puts out besides pictures, such as logits, call by call.
  package var outputs: Trace?
  /// For a discriminator: what changes the pictures that it sees, and the channels of each.
  package var augmentation: (DiscriminatorAugmentation, pictures: [Int])?
  let elementType: ElementType
  let initializer: Initializer

  package init(name: String, initializer: Initializer, elementType: ElementType = .float32) {
    self.name = name
    self.initializer = initializer
    self.elementType = elementType
  }

  package var parameters: [NamedTensor] { entries.filter(\.isParameter) }
  package var buffers: [NamedTensor] { entries.filter { !$0.isParameter } }
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

  /// The root of the keys.
  package var root: Scope { Scope(tensors: self, prefix: "") }

  fileprivate func add(_ entry: NamedTensor) -> Tensor {
    precondition(!entries.contains { $0.key == entry.key }, "two tensors are called \(entry.key)")
    entries.append(entry)
    return entry.tensor
  }
}

/// A place in the tree of keys, under which a layer puts its tensors.
package struct Scope {
  /// All tensors of the network.
  package let tensors: TensorStore
  let prefix: String

  var isRoot: Bool { prefix.isEmpty }

  package subscript(_ name: String) -> Scope {
    Scope(tensors: tensors, prefix: prefix.isEmpty ? name : "\(prefix).\(name)")
  }
  package subscript(_ index: Int) -> Scope { self[String(index)] }

  /// `<network>.<key>`, for example of a layer without tensors.
  package var path: String { "\(tensors.name).\(prefix)" }

  /// - Parameter copies: each initial value along PyTorch's first axis comes that many times in a row.
  package func parameter(
    _ name: String, _ shape: Shape, _ role: ParameterRole, layout: WeightLayout = .same, copies: Int = 1
  ) -> Tensor {
    let initializer = tensors.initializer, type = tensors.elementType
    // Zeros look the same in every layout.
    let value =
      initializer.scheme == .zero
      ? Tensor.zeros(shape, type: type)
      : layout.fromOfficial(
        initializer.value(role, officialShape: layout.official(shape), type: type, copies: copies))
    return tensors.add(NamedTensor(key: self[name].prefix, tensor: value, layout: layout, isParameter: true))
  }

  /// A buffer that starts as a parameter would, and stays as it is.
  package func fixed(_ name: String, _ shape: Shape, _ role: ParameterRole) -> Tensor {
    let value = tensors.initializer.value(role, officialShape: shape, type: tensors.elementType)
    return tensors.add(NamedTensor(key: self[name].prefix, tensor: value, layout: .same, isParameter: false))
  }

  package func buffer(_ name: String, _ shape: Shape, value: Double) -> Tensor {
    let tensor = Tensor(repeating: value, shape, type: tensors.elementType)
    return tensors.add(NamedTensor(key: self[name].prefix, tensor: tensor, layout: .same, isParameter: false))
  }

  /// A buffer that starts with the numbers of another tensor.
  package func buffer(_ name: String, copyOf tensor: Tensor, layout: WeightLayout) -> Tensor {
    tensors.add(
      NamedTensor(key: self[name].prefix, tensor: tensor.detached().copied(), layout: layout, isParameter: false))
  }

  /// A buffer that every network of its kind has alike.
  package func constant(_ name: String, _ value: Tensor) {
    let tensor = value.converted(to: tensors.elementType)
    _ = tensors.add(
      NamedTensor(key: self[name].prefix, tensor: tensor, layout: .same, isParameter: false, isConstant: true))
  }

  /// A buffer that starts as a random vector of length 1, for power iterations.
  package func direction(_ name: String, _ shape: Shape, layout: WeightLayout = .same) -> Tensor {
    let value = tensors.initializer.direction(officialShape: layout.official(shape), type: tensors.elementType)
    return tensors.add(
      NamedTensor(key: self[name].prefix, tensor: layout.fromOfficial(value), layout: layout, isParameter: false))
  }
}
