import Foundation
import GanTestSupport
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
