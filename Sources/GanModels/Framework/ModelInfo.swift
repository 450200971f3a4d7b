/// Which pictures a model learns from.
package enum DataKind: String, CaseIterable, Sendable {
  /// Pairs that show the same thing.
  case aligned
  /// Two folders without pairs.
  case unaligned
  /// Pictures with labels: a folder per domain, or a list of attributes.
  case domains
  /// One folder of pictures, which are what translations should look like; inputs are made from them.
  case single
}

/// Of which pictures a model wants the boxes of objects.
package enum BoxedPictures: Sendable {
  case none
  /// Of side A, or of both sides, of a model of two sides.
  case a, both
}

/// What is known of a model before one is made.
package struct ModelInfo: Sendable {
  /// As it is written in configurations: lower-case.
  package let name: String
  package let title: String
  package let paper: String
  package let data: DataKind
  package let boxes: BoxedPictures
  /// Whether labels may be attributes, of which a picture has any number.
  package let learnsAttributes: Bool
  /// Whether each picture comes with masks of its instances.
  package let needsMasks: Bool
  /// Of every model of this kind; where they depend on its domains, `ImageTranslator.targets` tells them.
  package let targets: [TranslationTarget]
  /// Whether the official program rounds levels when it writes pictures; otherwise it cuts their fraction.
  package let roundsLevels: Bool
  /// The names of its discriminators' losses in the log, without penalties: for each discriminator those that add up to
  /// its loss.
  package let discriminatorLosses: [[String]]
  /// Where the official program keeps its networks, those that translate first.
  package let files: [OfficialFile]

  package init(
    name: String, title: String, paper: String, data: DataKind, boxes: BoxedPictures = .none,
    learnsAttributes: Bool = false, needsMasks: Bool = false, targets: [TranslationTarget] = [],
    roundsLevels: Bool = true, discriminatorLosses: [[String]] = [], files: [OfficialFile]
  ) {
    (self.name, self.title, self.paper, self.data, self.targets) = (name, title, paper, data, targets)
    self.boxes = boxes
    (self.learnsAttributes, self.roundsLevels, self.files) = (learnsAttributes, roundsLevels, files)
    (self.needsMasks, self.discriminatorLosses) = (needsMasks, discriminatorLosses)
  }

  /// What follows "learns from".
  package var pictures: String {
    switch data {
    case .aligned: "pairs of pictures"
    case .unaligned:
      "two folders of pictures without pairs" + (needsMasks ? ", with masks of their instances" : boxesOfPictures)
    case .single: "one folder of sharp pictures, from which small ones are made"
    case .domains: "pictures with labels: a folder per domain" + (learnsAttributes ? ", or a list of attributes" : "")
    }
  }

  private var boxesOfPictures: String {
    switch boxes {
    case .none: ""
    case .a: ", with the boxes of objects in those of A"
    case .both: ", with the boxes of objects"
    }
  }

  /// The official file that holds a network.
  package func file(of network: String) -> OfficialFile? {
    files.first { $0.parts.contains { $0.network == network } }
  }
}
