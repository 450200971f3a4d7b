import CProcess
import Foundation

/// The words of the command line as the system gave them. `CommandLine.arguments` reads them from `/proc`, and is empty
/// if that is missing.
package enum ProcessArguments {
  /// Without the program's name. A word is bytes: paths need not be UTF-8.
  package static let bytes: [[UInt8]] = (0..<Int(gp_argument_count())).dropFirst().map { index in
    guard let word = gp_argument(Int32(index)) else { return [] }
    return Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
  }
}
