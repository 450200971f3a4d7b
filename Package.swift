// swift-tools-version: 6.0
import PackageDescription

// The loops in C are useless without optimisation, also in debug builds; and no two CPUs may
// contract a*b+c differently, so contraction is left to explicit intrinsics.
// The search path is for templates (*.inc), which another target's `levels.inc` includes.
let kernelFlags: [CSetting] = [
  .unsafeFlags(["-O3", "-ffp-contract=on", "-fno-math-errno"]), .headerSearchPath("."),
]

// Every target says in a README.md what it is for.
func target(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, exclude: ["README.md"], resources: resources)
}

func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "GanTestSupport"] + dependencies, exclude: exclude,
    resources: resources)
}

let package = Package(
  name: "ganctl",
  products: [.executable(name: "ganctl", targets: ["ganctl"])],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "lapacke openblas", providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(
      name: "CPictureLibraries", pkgConfig: "libpng libjpeg libtiff-4 libwebp",
      providers: [.apt(["libpng-dev", "libjpeg62-turbo-dev", "libtiff-dev", "libwebp-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CRuntime", exclude: ["README.md"], cSettings: kernelFlags),
    .target(name: "CKernels", dependencies: ["CRuntime"], exclude: ["README.md"], cSettings: kernelFlags),
    .target(
      name: "CBLASCore", dependencies: ["COpenBLAS"], exclude: ["README.md"], cSettings: kernelFlags),
    .target(name: "CProcess", exclude: ["README.md"]),
    .target(
      name: "CImage", dependencies: ["CPictureLibraries", "CRuntime"], exclude: ["README.md"], cSettings: kernelFlags),
    target("GanBase", ["CProcess", .product(name: "SystemPackage", package: "swift-system")]),
    target("GanTensor", ["CKernels", "CRuntime", "CBLASCore", "COpenBLAS", "GanBase"]),
    target("GanNN", ["GanTensor", "GanBase"]),
    target("GanImage", ["CImage", "GanBase"]),
    target("GanData", ["GanImage", "GanConfig", "GanBase"]),
    target("GanConfig", ["GanBase", .product(name: "Yams", package: "Yams")]),
    target("GanStore", ["CCrypto", "CZip", "CZlib", "GanTensor", "GanBase"]),
    target("GanModels", ["GanNN", "GanTensor", "GanConfig", "GanBase"]),
    target("GanReport", ["GanStore", "GanImage", "GanBase"]),
    target("GanParity", ["GanModels", "GanStore", "GanNN", "GanTensor", "GanConfig", "GanBase"]),
    target("GanMetrics", ["GanTensor", "GanImage", "COpenBLAS", "GanBase"]),
    target("GanONNX", ["GanStore", "GanTensor", "GanBase"]),
    target("GanWeights", ["GanModels", "GanStore", "GanConfig", "GanNN", "GanTensor", "GanImage", "GanBase"]),
    target(
      "GanTranslate",
      [
        "GanONNX", "GanWeights", "GanModels", "GanData", "GanStore", "GanMetrics", "GanConfig", "GanNN", "GanTensor",
        "GanImage",
        "GanBase",
      ]),
    target("GanStyle", ["GanWeights", "GanTensor", "GanImage", "COpenBLAS", "GanBase"]),
    target(
      "GanTrain",
      [
        "GanReport", "GanWeights", "GanModels", "GanData", "GanStore", "GanMetrics", "GanConfig", "GanNN", "GanTensor",
        "GanImage", "GanBase",
      ]),
    target(
      "GanServe",
      [
        "GanTrain", "GanTranslate", "GanReport", "GanWeights", "GanModels", "GanStore", "GanImage", "GanBase",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "NIOCore", package: "swift-nio"),
      ],
      // In the binary, which stays one file.
      resources: [.embedInCode("Pages")]),
    target(
      "GanCLI",
      [
        "GanServe", "GanTrain", "GanTranslate", "GanStyle", "GanReport", "GanWeights", "GanParity", "GanMetrics",
        "GanModels",
        "GanStore",
        "GanData", "GanConfig", "GanTensor", "GanImage", "GanBase",
      ]),
    .executableTarget(name: "ganctl", dependencies: ["GanCLI", "GanBase"], exclude: ["README.md"]),
    // What tests of several targets use; no part of the program.
    .target(
      name: "GanTestSupport", dependencies: ["GanStore", "GanImage", "GanTensor", "GanBase"],
      path: "Tests/GanTestSupport"),
    .testTarget(name: "GanTestSupportTests", dependencies: ["GanTestSupport", "GanTensor"]),
    tests(of: "GanBase"),
    tests(of: "GanTensor", ["CKernels", "CRuntime", "CBLASCore", "GanBase"]),
    tests(of: "GanNN", ["GanTensor", "GanBase"]),
    tests(of: "GanImage", ["GanBase"], resources: [.copy("Resources")]),
    tests(of: "GanData", ["GanImage", "GanConfig", "GanBase"]),
    tests(of: "GanConfig", ["GanBase"]),
    tests(of: "GanStore", ["GanBase"], resources: [.copy("Resources")]),
    tests(of: "GanReport", ["GanStore", "GanImage", "GanBase"]),
    tests(of: "GanMetrics", ["GanStore", "GanTensor", "GanImage", "GanBase"], exclude: ["Fixtures"]),
    tests(
      of: "GanCLI",
      [
        "GanTrain", "GanTranslate", "GanReport", "GanWeights", "GanMetrics", "GanModels", "GanData", "GanStore",
        "GanConfig", "GanImage", "GanNN", "GanTensor", "GanBase",
      ],
      resources: [.copy("Resources")]),
    tests(of: "GanStyle", ["GanStore", "GanImage", "GanTensor", "GanBase"], exclude: ["Fixtures"]),
    tests(of: "GanONNX", ["GanTensor", "GanBase"]),
    tests(of: "GanModels", ["GanConfig", "GanNN", "GanTensor", "GanBase"]),
    tests(of: "GanParity", ["GanModels", "GanTensor", "GanBase"], exclude: ["Fixtures"]),
    tests(
      of: "GanTrain",
      [
        "GanReport", "GanTranslate", "GanWeights", "GanModels", "GanData", "GanStore", "GanImage", "GanConfig", "GanNN",
        "GanTensor", "GanBase",
      ]),
    .testTarget(
      name: "GanTranslateTests", dependencies: ["GanTranslate", "GanTestSupport", "GanNN", "GanImage", "GanBase"]),
  ],
  swiftLanguageModes: [.v6]
)
