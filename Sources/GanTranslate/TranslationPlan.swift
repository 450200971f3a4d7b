import Foundation
import GanBase
import GanImage
import GanStore

/// The inputs and outputs of a translation. Everything is checked before anything is computed or written.
package struct TranslationPlan {
  package struct Item: Sendable {
    package let input: FilePath
    /// The size in the file's header.
    package let size: PictureSize
    /// The path relative to the input folder, or the file name of an input file, without the extension.
    package let name: FilePath
    package let place: ResultPlace
    /// One path for each translation of the picture.
    package let outputs: [FilePath]
    /// One path for the reconstruction of each output; empty without reconstructions.
    package let reconstructions: [FilePath]
    /// One path for each mask of the picture, for models that translate masks too.
    package internal(set) var maskOutputs: [FilePath] = []

    /// The folder that the input was found in, or that it lies in.
    var folder: FilePath { name.components.reduce(input) { folder, _ in folder.parent } }

    /// The name that selects the random stream of this picture.
    var title: String { name.shownName }
  }

  package let items: [Item]
  /// Errors for inputs whose headers show that they cannot be used; the others are still translated.
  package let unusable: [GanError]
  /// Messages about what is ignored, such as `in: skipped 3 files: 2 .webp, 1 .txt`, or transparency.
  package let notices: [String]
  private let request: Request

  /// The parameters of `init`.
  private struct Request {
    let inputs: [FilePath]
    let variants: [String?]?
    let reconstructs: Bool
    let hasSheet: Bool
    let isPlaceNamed: Bool
  }

  /// - Parameters:
  ///   - inputs: picture files, and folders that are searched recursively.
  ///   - output: a folder or, for one input file, a PNG file; nil: next to each input.
  ///   - variants: suffixes for the results of one picture; nil for one result, with the picture's name.
  ///   - reconstructs: whether translations are also translated back.
  ///   - hasSheet: whether a sheet of translations is requested.
  /// - Throws: `GanError`: (usage) for an impossible output, (input) naming files that do not exist, or all pictures if
  ///   none can be used.
  package init(
    inputs: [FilePath], output: FilePath? = nil, variants: [String]? = nil, reconstructs: Bool = false,
    hasSheet: Bool = false
  ) throws {
    for input in inputs where input.isFolder { try RunFolder.refuseAsPictures(input) }
    let places = try Self.places(inputs, output)
    var notices: [String] = []
    let files = try zip(inputs, places).flatMap { try Self.files($0, $1, places, &notices) }
    let request = Request(
      inputs: inputs, variants: variants, reconstructs: reconstructs, hasSheet: hasSheet,
      isPlaceNamed: output != nil)
    if let place = places.first, place.isOneFile, variants.map({ $0.count > 1 }) == true {
      throw Self.oneFile(place)
    }
    if hasSheet, Set(places).count > 1 {
      throw GanError.usage(
        "--grid makes one sheet, but results go to several places", help: "name a folder with --output")
    }
    let (sizes, unusable, pictures) = try Self.sizes(files)
    (self.request, self.unusable, self.notices) = (request, unusable, notices + pictures.texts)
    items = try zip(files, sizes).compactMap { file, size in
      try size.map { try Self.item(file.path, $0, file.name, file.place, request) }
    }
  }

  private init(_ items: [Item], _ plan: TranslationPlan) {
    (self.items, unusable, notices, request) = (items, plan.unusable, plan.notices, plan.request)
  }

  private static func item(
    _ input: FilePath, _ size: PictureSize, _ name: FilePath, _ place: ResultPlace, _ request: Request
  ) throws -> Item {
    // A named output file keeps its name, whatever the only variant is called.
    let variants = place.isOneFile ? [nil] : request.variants ?? [nil]
    return Item(
      input: input, size: size, name: name, place: place, outputs: variants.map { place.result(name, $0) },
      reconstructions: try request.reconstructs ? variants.map { try place.reconstruction(name, $0) } : [])
  }

  private static func oneFile(_ place: ResultPlace) -> GanError {
    .usage(
      "several results of a picture cannot go to one file", at: place.shown, help: "name a folder with --output")
  }

  /// The plan for one of several domains, with results in its subfolder or with its name in theirs.
  /// - Throws: `GanError` (usage) if the output is one file.
  package func of(domain: String) throws -> TranslationPlan {
    if let place = places.first, place.isOneFile { throw Self.oneFile(place) }
    let moved = try items.map {
      try Self.item($0.input, $0.size, $0.name, $0.place.of(domain: domain), request)
    }
    return TranslationPlan(moved, self)
  }

  func mapping(_ change: (Item) -> Item) -> TranslationPlan { TranslationPlan(items.map(change), self) }

  /// The places of the results, in the order of the inputs.
  package var places: [ResultPlace] {
    var seen: Set<ResultPlace> = []
    return items.map(\.place).filter { seen.insert($0).inserted }
  }

  /// The path of the sheet; nil if none is requested.
  /// - Throws: `GanError` (usage) if the results are in the root folder.
  func sheet() throws -> FilePath? { try request.hasSheet ? places.first?.sheet() : nil }

  /// The files and folders that the user named, for the record.
  var inputs: [FilePath] { request.inputs }

  // MARK: Inputs

  private typealias File = (path: FilePath, name: FilePath, place: ResultPlace, isNamed: Bool)

  private static func files(
    _ input: FilePath, _ place: ResultPlace, _ places: [ResultPlace], _ notices: inout [String]
  ) throws -> [File] {
    guard input.isFolder else {
      return [(input, input.name.withoutEnding, place, true)]
    }
    guard !place.leadsTo(input) else {
      throw GanError.usage(
        "the output is the input folder itself", at: input, help: "name another folder with --output")
    }
    // Leaves out results of an earlier call.
    let listing = try PictureFile.listing(folder: input, recursive: true)
    if let text = listing.skippedText { notices.append("\(input.shown): \(text)") }
    let listed = listing.pictures.filter { path in
      guard let resolved = path.resolved else { return true }
      return !places.contains { $0.holds(resolved) }
    }
    guard !listed.isEmpty else {
      throw GanError.input("its only pictures are in the output folder", at: input)
    }
    return listed.map { ($0, $0.relative(to: input).withoutEnding, place, false) }
  }

  /// The size of each file; nil for files that cannot be used, which are reported as errors.
  private static func sizes(
    _ files: [File]
  ) throws -> (sizes: [PictureSize?], errors: [GanError], notices: PictureNotices) {
    var errors: [GanError] = []
    var notices = PictureNotices()
    var isMissing = false
    let sizes = try files.map { file -> PictureSize? in
      do {
        let header = try PictureFile.header(of: file.path)
        notices.add(header, at: file.path)
        return PictureSize(width: header.width, height: header.height)
      } catch let error as GanError where error.code == .input {
        errors.append(error)
        if file.isNamed, FileStatus(file.path) == nil { isMissing = true }
        return nil
      }
    }
    // Missing files, or no usable file at all, end the call.
    guard errors.isEmpty || (!isMissing && errors.count < files.count) else {
      throw GanError(.input, firstFew(errors.flatMap(\.diagnostics), "pictures that cannot be used"))
    }
    return (sizes, errors, notices)
  }

  // MARK: Outputs

  private static func places(_ inputs: [FilePath], _ output: FilePath?) throws -> [ResultPlace] {
    guard let output else {
      return try inputs.map { try ResultPlace.beside($0, isFolder: $0.isFolder) }
    }
    guard !output.isEmpty else { throw GanError.usage("the output has no name", help: "name a folder with --output") }
    return Array(repeating: try place(output, inputs), count: inputs.count)
  }

  private static func place(_ output: FilePath, _ inputs: [FilePath]) throws -> ResultPlace {
    if output.isFolder { return .folder(output) }
    let isPictureName = PictureFile.extensions.contains(output.ending)
    if isPictureName, inputs.count == 1, !inputs[0].isFolder {
      guard output.ending == "png" else {
        throw GanError.usage("results are PNG files", at: output, help: "name a file that ends in .png, or a folder")
      }
      return .file(output)
    }
    if isPictureName {
      throw GanError.usage(
        "several pictures cannot go to one file", at: output,
        help: "name a folder with --output; it is made if need be")
    }
    guard FileStatus(output) == nil else {
      throw GanError.usage("is a file, not a folder", at: output, help: "name a folder with --output")
    }
    return .folder(output)
  }

  /// Protects all input files from being overwritten.
  var inputGuard: OutputGuard {
    var inputs = OutputGuard()
    for path in items.map(\.input) + request.inputs { inputs.protect(path, "an input") }
    return inputs
  }

  /// - Throws: `GanError`: (usage) if a result would overwrite an input or two results have the same path,
  ///   (environment) if one cannot be written.
  func checkOutputs(_ outputs: OutputGuard) throws {
    var pairs = items.flatMap { item in
      (item.outputs + item.reconstructions + item.maskOutputs).map { (item.input.shown, $0) }
    }
    if let sheet = try sheet() { pairs.append(("the sheet", sheet)) }
    var sources: [FilePath: String] = [:]
    var faults: [Diagnostic] = []
    for (input, output) in pairs {
      if let reason = outputs.reason(against: output) {
        faults.append(Diagnostic("the output \(reason)", at: output))
      }
      if let other = sources.updateValue(input, forKey: output) {
        faults.append(Diagnostic("\(other) and \(input) would both be written to it", at: output))
      }
    }
    guard faults.isEmpty else {
      faults[0].help =
        request.isPlaceNamed ? "translate them into different folders" : "name a folder for the results with --output"
      throw GanError(.usage, firstFew(faults, "such files"))
    }
    try OutputFile.checkPlaces(
      pairs.map(\.1), help: request.isPlaceNamed ? nil : "name another place for the results with --output")
  }
}

/// The first ten errors and the number of further ones; up to eleven are all shown.
func firstFew(_ faults: [Diagnostic], _ what: String) -> [Diagnostic] {
  faults.count <= 11 ? faults : faults.prefix(10) + [Diagnostic("and \(faults.count - 10) more \(what)")]
}
