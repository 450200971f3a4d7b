import Foundation
import GanCLI

let words = (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0] }
exit(Program.main(words.map { word in Array(UnsafeRawBufferPointer(start: word, count: strlen(word))) }))
