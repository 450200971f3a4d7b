import GanBase
import GanNN
import GanTensor

/// DUNIT's path for single objects in one direction: an encoder of contents for what boxes show, and residual blocks
/// that dress these contents with the picture's attribute. Keys `conv`, `conv_share.0` and `res`.
package final class InstanceBranch: Module {
  private let encoder: ContentEncoder
  private let last: PlainResidualBlock
  private let blocks: [PlainResidualBlock]
  /// Height and width to which objects are scaled.
  private let size: Int
  package let tensors: TensorStore

  init(_ scope: Scope, inputs: Int, _ networks: DRITNetworkOptions, size: Int) {
    tensors = scope.tensors
    self.size = size
    encoder = ContentEncoder(scope["conv"], inputs: inputs, width: networks.contentWidth, blocks: 3)
    last = PlainResidualBlock(scope["conv_share"][0], networks.content)
    blocks = (0..<3).map { PlainResidualBlock(scope["res"][$0], networks.content + networks.attributes) }
  }

  /// - Parameters:
  ///   - picture: one, `[1,H,W,C]`.
  ///   - boxes: at least one, in its pixels, in the order in which they are put into maps.
  package func codes(of picture: Tensor, _ boxes: [Box]) -> ObjectCodes {
    let crops = picture.cropped(
      to: boxes.map { Region(picture: 0, $0) }, height: size, width: size, samples: 1)
    return ObjectCodes(branch: self, boxes: boxes, codes: last(encoder(crops)))
  }

  /// The objects' features with an attribute `[1,attributes]`: `[objects,h,w,content + attributes]`.
  fileprivate func features(_ codes: Tensor, _ attribute: Tensor) -> Tensor {
    let attributes = Tensor.concatenated([Tensor](repeating: attribute, count: codes.shape[0]), axis: 0)
    return blocks.reduce(codes.joined(with: attributes)) { $1($0) }
  }
}

/// The contents of a picture's objects.
package struct ObjectCodes {
  let branch: InstanceBranch
  /// In the order in which they are put into maps.
  package let boxes: [Box]
  /// `[objects,h,w,content]`.
  package let codes: Tensor

  /// The picture that `decoder`, which must be a `ConcatDecoder`, makes of a content when these objects' features are
  /// put into its map: where a box is, the mean of both, the largest boxes first.
  func decode(_ decoder: any AttributeDecoder, _ content: Tensor, _ attribute: Tensor) -> Tensor {
    guard let decoder = decoder as? ConcatDecoder else { return decoder(content, attribute, label: nil) }
    return decoder(content, attribute) { map in
      let features = branch.features(codes, attribute)
      return boxes.enumerated().reduce(map) { map, item in
        let feature = features.sliced(item.offset..<item.offset + 1, axis: 0)
        return map.meeting(feature, in: item.element.scaled(1 / Self.scale, 1 / Self.scale))
      }
    }
  }

  /// Pixels of a picture in a row of a map's cell.
  private static let scale = 4.0
}

extension Tensor {
  /// This map `[1,H,W,C]` with the mean of it and of another one in the cells whose centres lie in a box, to which the
  /// other one is scaled.
  fileprivate func meeting(_ other: Tensor, in box: Box) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let rows = Box.pixels(from: box.top, to: box.bottom, of: height)
    let columns = Box.pixels(from: box.left, to: box.right, of: width)
    guard !rows.isEmpty, !columns.isEmpty else { return self }
    var shares = [Float](repeating: 1, count: height * width)
    for row in rows { for column in columns { shares[row * width + column] = 0.5 } }
    return self * Tensor(shares, [1, height, width, 1], type: type)
      + other.placed(in: box, height: height, width: width) * 0.5
  }
}

/// The two branches of a model with their optimizers, which rest in steps without objects.
package struct InstanceBranches {
  typealias Branch = (network: InstanceBranch, optimizer: Optimizer)
  /// From A to B, and on the way back of the cycle.
  let there: Branch, back: Branch
  /// Of the distance between the objects of a picture and of its translation.
  let weight: Double

  /// nil without boxes.
  package func objects(_ boxes: [Box]) -> PictureObjects? {
    boxes.isEmpty ? nil : PictureObjects(branches: self, boxes: Self.inOrder(boxes))
  }

  /// The largest first, so that small ones end on top; whatever their order in the file.
  static func inOrder(_ boxes: [Box]) -> [Box] {
    func key(_ box: Box) -> (Double, Double, Double, Double) { (-box.area, box.left, box.top, box.right) }
    return boxes.sorted { key($0) < key($1) }
  }
}

/// The objects of a step's picture, and who looks at them.
package struct PictureObjects {
  let branches: InstanceBranches
  let boxes: [Box]
}
