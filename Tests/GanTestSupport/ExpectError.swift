import GanBase
import Testing

/// Expects `body` to throw a `GanError` of this kind whose text holds all of `parts`.
package func expectError(
  _ code: ExitCode, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as GanError {
    #expect(error.code == code, "\(error.description)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(error.description.contains(part), "\(error.description)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record("not a GanError: \(error)", sourceLocation: sourceLocation)
  }
}
