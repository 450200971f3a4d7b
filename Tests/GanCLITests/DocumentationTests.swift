import Foundation
import GanData
import GanModels
import GanReport
import GanTestSupport
import GanTrain
import Testing

@testable import GanCLI

/// What the documents name is there: files, commands, options, targets and types.
@Suite struct DocumentationTests {
  /// Paths within the repository.
  static let documents: [String] =
    ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "THIRD_PARTY.md", "Tests/README.md"]
    + names(in: "docs").filter { $0.hasSuffix(".md") }.map { "docs/\($0)" } + targets.map { "Sources/\($0)/README.md" }

  static let targets = names(in: "Sources")

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(Repository.path)/\(folder)")) ?? []).sorted()
  }

  private func text(_ document: String) throws -> String {
    try String(contentsOfFile: "\(Repository.path)/\(document)", encoding: .utf8)
  }

  @Test(arguments: documents) func linksLeadSomewhere(_ document: String) throws {
    let folder = ("\(Repository.path)/\(document)" as NSString).deletingLastPathComponent
    for match in try text(document).matches(of: #/\]\(([^)#\s]+)(?:#[^)]*)?\)/#) {
      let target = String(match.1)
      guard !target.contains("://") else { continue }
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(target)"), "\(target)")
    }
  }

  /// What a heading of a document is called in links, as GitHub does it.
  private func anchors(_ document: String) throws -> Set<String> {
    Set(
      try text(document).split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" || $0 == " " }.lowercased().replacing(" ", with: "-").filter {
          $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_"
        }
      })
  }

  @Test(arguments: documents) func linksLeadToHeadingsThatExist(_ document: String) throws {
    let folder = (document as NSString).deletingLastPathComponent
    let text = try text(document).replacing("\n", with: " ")
    for match in text.matches(of: #/\]\(([^)#\s]*)#([^)\s]*)\)/#) {
      let target = match.1.isEmpty ? document : folder.isEmpty ? String(match.1) : "\(folder)/\(match.1)"
      guard !target.contains("://"), target.hasSuffix(".md") else { continue }
      #expect(try anchors(target).contains(String(match.2)), "\(match.0)")
    }
  }

  @Test func everySymptomIsExplained() throws {
    let known = try anchors("docs/troubleshooting.md")
    for symptom in Symptom.allCases {
      #expect(known.contains(symptom.rawValue), "\(symptom)")
      #expect(symptom.link == "docs/troubleshooting.md#\(symptom.rawValue)")
      #expect(symptom.cure.hasSuffix("."))
    }
  }

  /// In the explanation of symptoms, and in their cures.
  @Test func optionsAgainstSymptomsExist() throws {
    let models = Registry.models.flatMap(\.optionKeys)
    let sections = [
      "model": models, "data": DataOptions.options.map(\.key), "train": TrainSettings.options.map(\.key),
      "eval": EvalSettings.options.map(\.key),
    ]
    let document = try text("docs/troubleshooting.md")
    for match in (document + Symptom.allCases.map(\.cure).joined()).matches(
      of: #/\b(model|data|train|eval)\.([a-z_0-9]+)/#)
    {
      let keys = try #require(sections[String(match.1)])
      #expect(keys.contains(String(match.2)) || keys.contains { $0.hasPrefix(match.2) }, "\(match.0)")
    }
    for match in document.matches(of: #/`([a-z_0-9]+)(?:: [^`]+)?`/#) where match.1.contains("_") {
      #expect(sections.values.joined().contains(String(match.1)), "\(match.0)")
    }
  }

  @Test func everyTargetSaysWhatItIsFor() throws {
    #expect(Self.targets.count > 10)
    let plan = try text("docs/architecture.md")
    for target in Self.targets {
      #expect(try text("Sources/\(target)/README.md").hasPrefix("# \(target)\n"))
      #expect(plan.contains("`\(target)`"), "\(target) is missing in docs/architecture.md")
    }
  }

  /// Lines of examples that begin with `ganctl`.
  @Test(arguments: documents) func examplesUseCommandsAndOptionsThatExist(_ document: String) throws {
    let commands = CommandTable.standard.commands.map { $0.specification }
    for line in try text(document).split(separator: "\n") where line.hasPrefix("    ganctl ") {
      let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
      let name = try #require(words.dropFirst().first)
      if name.hasPrefix("--") { continue }
      let command = try #require(commands.first { $0.name == name }, "\(document): \(line)")
      for option in words where option.hasPrefix("--") {
        #expect(command.allOptions.contains { $0.name == option }, "\(document): \(line)")
      }
    }
  }

  /// Types and files between backquotes, in the documents for developers.
  @Test func namesOfTheCodeExist() throws {
    let source = try Source()
    let documents = Self.targets.map { "Sources/\($0)/README.md" } + ["docs/architecture.md", "docs/kernels.md"]
    for document in documents {
      for match in try text(document).matches(of: #/`([A-Za-z_+]+)(?:\.([a-z]+))?(?:\(\))?`/#) {
        let (name, ending) = (String(match.1), match.2.map(String.init))
        if let ending, ["swift", "c", "h", "inc", "sh", "py"].contains(ending) {
          #expect(source.files.contains("\(name).\(ending)"), "\(document): \(name).\(ending)")
        } else if name.wholeMatch(of: #/[A-Z]+[a-z]+[A-Za-z]{0,}/#) != nil {
          #expect(source.knows(name), "\(document): \(name)")
        }
      }
    }
  }
}

/// Names of files, folders and declarations in the repository.
private struct Source {
  private(set) var files: Set<String> = ["Package.swift", "Sources", "Tests", "scripts"]
  private var declarations: Set<Substring> = []

  private static var declaration: Regex<(Substring, Substring)> {
    #/\b(?:class|struct|enum|protocol|typealias|extension|case) ([A-Z]\w{0,})/#
  }

  init() throws {
    for root in ["Sources", "Tests", "scripts"] {
      let folder = "\(Repository.path)/\(root)"
      for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
        files.insert((path as NSString).lastPathComponent)
        guard path.hasSuffix(".swift") else { continue }
        let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        declarations.formUnion(text.matches(of: Self.declaration).map(\.1))
      }
    }
  }

  /// A type, or a file or folder whose name is that of one.
  func knows(_ name: String) -> Bool {
    declarations.contains(name[...]) || files.contains(name) || files.contains("\(name).swift")
  }
}
