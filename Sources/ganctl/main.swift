import Foundation
import GanCLI

exit(Program.main(Array(CommandLine.arguments.dropFirst())))
