import Foundation
import GanBase
import GanImage
import GanStore

/// Which files become which. All is checked before anything is computed or written.
package struct TranslationPlan {
  package struct Item: Sendable {
    package let input: FilePath
    /// Of the file.
    package let size: PictureSize
    /// Its place below the input folder, without the ending; just the name of a file that was given itself.
    package let name: FilePath
    package let place: ResultPlace
    /// One, or as many as there are translations of a picture.
    package let outputs: [FilePath]
    /// Where each of them goes when it is translated back; empty where none is.
    package let reconstructions: [FilePath]

    /// What the random numbers of this picture belong to.
    var title: String { name.shownName }
  }

  package let items: [Item]
  /// Inputs whose headers say that they cannot be used; the others are translated nevertheless.
  package let unusable: [GanError]
  /// What of the inputs is passed over, for people: `in: skipped 3 files: 2 .webp, 1 .txt`, or transparency.
  package let notices: [String]
  private let request: Request

  /// What a call asks for.
  private struct Request {
    let inputs: [FilePath]
    let variants: [String?]?
    let reconstructs: Bool
    let hasSheet: Bool
    let isPlaceNamed: Bool
  }

  /// - Parameters:
  ///   - inputs: picture files, and folders that are searched with all their subfolders.
  ///   - output: a folder; or, for one file, the name of a PNG file. nil: beside each input.
  ///   - variants: what the results of one picture are called behind its name; nil: there is one, with its name.
  ///   - reconstructs: whether translations are also translated back.
  ///   - hasSheet: whether there will be a sheet of translations.
  /// - Throws: `GanError`: (usage) for an output that cannot be; (input) naming files that are not there, or all
  ///   pictures where none can be used.
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
    // A file that was named is called that, whatever the only variant is called.
    let variants = place.isOneFile ? [nil] : request.variants ?? [nil]
    return Item(
      input: input, size: size, name: name, place: place, outputs: variants.map { place.result(name, $0) },
      reconstructions: try request.reconstructs ? variants.map { try place.reconstruction(name, $0) } : [])
  }

  private static func oneFile(_ place: ResultPlace) -> GanError {
    .usage(
      "several results of a picture cannot go to one file", at: place.shown, help: "name a folder with --output")
  }

  /// The same with results that belong to one domain of several: in a subfolder, or with its name.
  /// - Throws: `GanError` (usage) where the output is one file.
  package func of(domain: String) throws -> TranslationPlan {
    if let place = places.first, place.isOneFile { throw Self.oneFile(place) }
    let moved = try items.map {
      try Self.item($0.input, $0.size, $0.name, $0.place.of(domain: domain), request)
    }
    return TranslationPlan(moved, self)
  }

  /// Where results go, in the order of the inputs.
  package var places: [ResultPlace] {
    var seen: Set<ResultPlace> = []
    return items.map(\.place).filter { seen.insert($0).inserted }
  }

  /// Where the sheet goes; nil where none is wanted.
  /// - Throws: `GanError` (usage) where there is no place for it.
  func sheet() throws -> FilePath? { try request.hasSheet ? places.first?.sheet() : nil }

  /// The files and folders that were given, for the record.
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
    // Results of an earlier call are no inputs.
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

  /// Of each file; nil for those that cannot be used, of which errors tell.
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
    // A name that was mistyped, or nothing to do at all, ends the call.
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

  /// With all files that are translated.
  var inputGuard: OutputGuard {
    var inputs = OutputGuard()
    for path in items.map(\.input) + request.inputs { inputs.protect(path, "an input") }
    return inputs
  }

  /// - Throws: `GanError`: (usage) where a result would overwrite an input, or be written twice; (environment) where
  ///   one cannot be written.
  func checkOutputs(_ outputs: OutputGuard) throws {
    var pairs = items.flatMap { item in (item.outputs + item.reconstructions).map { (item.input.shown, $0) } }
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

/// The first ten faults and how many more there are; eleven are all shown.
func firstFew(_ faults: [Diagnostic], _ what: String) -> [Diagnostic] {
  faults.count <= 11 ? faults : faults.prefix(10) + [Diagnostic("and \(faults.count - 10) more \(what)")]
}
