// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error),
    // Generic code of one module is specialised in another: half of the server's time per step without it.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

/// A Swift module of one area; its folder is `Sources/<area>/<name>`.
func module(_ area: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(area)/\(name)", swiftSettings: strict)
}

/// The float32 kernels, optimised in every build. Actions and records are checked before they get there.
func kernels(_ name: String, _ processor: [String]) -> Target {
    .target(
        name: name, dependencies: ["VectorEnvironments", "Lanes"],
        path: "Sources/Environments/\(name)",
        swiftSettings: [
            .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error),
            .unsafeFlags(
                ["-Ounchecked", "-wmo", "-num-threads", "1", "-disable-cmo", "-disable-batch-mode"] + processor),
        ])
}

#if arch(x86_64)
    let wide = ["-target-cpu", "haswell"]
#else
    let wide: [String] = []
#endif

/// The tests of one module; their folder is `Tests/<area>/<name>Tests`.
func tests(
    _ area: String, _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, path: "Tests/\(area)/\(name)Tests",
        exclude: exclude, swiftSettings: strict)
}

/// A C library of Debian behind a module map, or a small C shim over one.
func library(_ name: String, apt: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/Platform/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let platform: [Target] = [
    .target(name: "CCorral", path: "Sources/Platform/CCorral"),
    .target(name: "CLanes", path: "Sources/Platform/CLanes"),
    .target(name: "CLinux", path: "Sources/Platform/CLinux"),
    .target(
        name: "CMicrohttpd", path: "Sources/Platform/CMicrohttpd", linkerSettings: [.linkedLibrary("microhttpd")]),
    .target(
        name: "CGRPC", path: "Sources/Platform/CGRPC",
        linkerSettings: [.linkedLibrary("grpc"), .linkedLibrary("gpr")]),
    .target(
        name: "CPictures", path: "Sources/Platform/CPictures",
        linkerSettings: [.linkedLibrary("png"), .linkedLibrary("gif")]),
    library("CCrypto", apt: "libssl-dev", pkgConfig: "libcrypto"),
    library("CCurl", apt: "libcurl4-openssl-dev", pkgConfig: "libcurl"),
    library("CWslay", apt: "libwslay-dev"),
    library("CPostgres", apt: "libpq-dev", pkgConfig: "libpq"),
    library("CSQLite", apt: "libsqlite3-dev", pkgConfig: "sqlite3"),
    library("CZstd", apt: "libzstd-dev", pkgConfig: "libzstd"),
    library("CYAML", apt: "libyaml-dev", pkgConfig: "yaml-0.1"),
    module("Platform", "Foundations"),
    module("Platform", "CorralABI", ["CCorral"]),
    module("Platform", "Lanes", ["CLanes"]),
    module("Platform", "JSON", ["Foundations"]),
    module("Platform", "YAML", ["Foundations", "CYAML", "JSON"]),
    module("Platform", "Digest", ["CCrypto"]),
    module("Platform", "Zstd", ["CZstd"]),
    module("Platform", "Signing", ["Foundations", "JSON", "Digest", "CCrypto"]),
    module("Platform", "Pictures", ["Foundations", "CPictures"]),
    module("Platform", "SQLite", ["Foundations", "CSQLite"]),
    module("Platform", "Postgres", ["Foundations", "CPostgres"]),
    module("Platform", "Logging", ["Foundations", "JSON"]),
    module("Platform", "Metrics", ["Foundations"]),
    module("Platform", "Arguments", ["Foundations"]),
    module("Platform", "Configuration", ["Foundations", "JSON", "YAML", "Arguments"]),
    module("Platform", "Reactor", ["Foundations", "CLinux"]),
    module("Platform", "HTTP", ["Foundations", "CMicrohttpd"]),
    module("Platform", "HTTPClient", ["Foundations", "CCurl"]),
    module("Platform", "WebSocket", ["Foundations", "Digest", "HTTP", "Reactor", "CWslay"]),
    module("Platform", "Protobuf"),
    module("Platform", "GRPC", ["Foundations", "Reactor", "CGRPC", "CLinux"]),
    tests("Platform", "Foundations"),
    tests("Platform", "JSON"),
    tests("Platform", "YAML"),
    tests("Platform", "Digest"),
    tests("Platform", "Zstd"),
    tests("Platform", "Signing", ["JSON", "TestSupport"]),
    tests("Platform", "Pictures", ["TestSupport"]),
    tests("Platform", "SQLite", ["TestSupport"]),
    tests("Platform", "Logging", ["JSON"]),
    tests("Platform", "Metrics"),
    tests("Platform", "Arguments"),
    tests("Platform", "Configuration"),
    tests("Platform", "Reactor"),
    tests("Platform", "HTTP", ["TestSupport"]),
    tests("Platform", "HTTPClient", ["HTTP", "TestSupport"]),
    tests("Platform", "Protobuf"),
    .executableTarget(
        name: "protobuf-echo", dependencies: ["Protobuf"], path: "Tests/Platform/ProtobufEcho",
        exclude: ["everything.proto"], swiftSettings: strict),
    tests("Platform", "WebSocket", ["HTTP", "Reactor", "TestSupport"]),
]

let environments: [Target] = [
    module("Environments", "VectorEnvironments", ["Foundations", "JSON", "Spaces"]),
    module("Environments", "ClassicControl", ["Foundations", "Spaces", "VectorEnvironments"]),
    kernels("Kernels", wide),
    kernels("KernelsBaseline", []),
    module(
        "Environments", "NativeEnvironments",
        [
            "Foundations", "JSON", "Spaces", "VectorEnvironments", "ClassicControl", "Kernels", "KernelsBaseline",
            "EnvironmentScenes", "ReferenceEnvironments",
        ]),
    module(
        "Environments", "CAPI",
        ["Foundations", "JSON", "CorralABI", "Spaces", "VectorEnvironments", "NativeEnvironments"]),
    tests("Environments", "VectorEnvironments", ["Foundations", "JSON", "Spaces"]),
    tests("Environments", "CAPI", ["CorralABI", "Foundations", "JSON"]),
    tests("Environments", "NativeEnvironments", ["CorralABI", "Foundations", "JSON", "Spaces", "VectorEnvironments"]),
    module("Environments", "Spaces", ["Foundations", "JSON"]),
    module("Environments", "Manifests", ["Foundations", "JSON", "YAML", "Spaces"]),
    module("Environments", "RLConfigurations", ["Foundations", "JSON", "YAML"]),
    tests("Environments", "Spaces", ["JSON"]),
    tests("Environments", "Manifests", ["TestSupport"]),
    tests("Environments", "RLConfigurations", ["TestSupport"]),
]

/// Environments that follow Gymnasium draw by draw, and pictures of all native ones.
let references: [Target] = [
    module("Environments", "NumPyRandom"),
    module("Environments", "Rasteriser"),
    module("Environments", "EnvironmentScenes", ["Rasteriser", "Spaces", "VectorEnvironments", "ClassicControl"]),
    module(
        "Environments", "ReferenceEnvironments",
        ["Foundations", "NumPyRandom", "Spaces", "VectorEnvironments", "ClassicControl", "EnvironmentScenes"]),
    tests("Environments", "NumPyRandom"),
    tests("Environments", "Rasteriser"),
    tests("Environments", "EnvironmentScenes", ["Rasteriser"]),
    tests(
        "Environments", "ReferenceEnvironments",
        ["EnvironmentScenes", "NumPyRandom", "VectorEnvironments", "ClassicControl"]),
    .executableTarget(
        name: "random-draws", dependencies: ["NumPyRandom"], path: "Tests/Environments/RandomDraws",
        swiftSettings: strict),
]

let runtime: [Target] = [
    .executableTarget(
        name: "corral-sandbox", path: "Sources/Runtime/Launcher",
        cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
        // Nothing of the host's is needed to run it, so that it also runs inside any container.
        linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
    module("Runtime", "Workers", ["Foundations", "JSON", "Spaces", "Reactor"]),
    module("Runtime", "Containers", ["Foundations", "JSON", "HTTPClient", "Reactor"]),
    module("Runtime", "Sandboxes", ["Foundations", "JSON", "Reactor", "Containers"]),
    module(
        "Runtime", "Sessions",
        [
            "Foundations", "JSON", "Logging", "Metrics", "Digest", "Spaces", "Manifests", "Reactor", "Workers",
            "Sandboxes", "Containers",
        ]),
    module(
        "Runtime", "Trajectories",
        [
            "Foundations", "JSON", "Logging", "Metrics", "Digest", "Zstd", "SQLite", "Signing", "Spaces", "Manifests",
            "Reactor", "Workers", "Sessions",
        ]),
    module(
        "Runtime", "NativeHosts",
        [
            "Foundations", "JSON", "Manifests", "Reactor", "Sandboxes", "Sessions", "Spaces", "VectorEnvironments",
            "Workers",
        ]),
    module(
        "Runtime", "Hooks", ["Foundations", "JSON", "Logging", "Reactor", "HTTPClient", "Sessions"]),
    tests("Runtime", "Workers", ["JSON", "TestSupport"]),
    tests("Runtime", "Containers", ["Foundations", "JSON"]),
    tests("Runtime", "Sandboxes", ["TestSupport", "Containers", "corral-sandbox"]),
    tests("Runtime", "Hooks"),
    tests("Runtime", "Trajectories", ["TestSupport", "ScriptedSessions", "SQLite"]),
    tests("Runtime", "NativeHosts", ["CorralABI", "NativeEnvironments"]),
    tests("Runtime", "Sessions", ["TestSupport", "ScriptedSessions", "corral-sandbox"]),
]

let registry: [Target] = [
    module("Registry", "Compatibility", ["Foundations", "JSON", "YAML", "Spaces", "Manifests"]),
    tests("Registry", "Compatibility", ["Foundations", "JSON", "Spaces", "Manifests"]),
    module("Registry", "Catalog", ["Foundations", "JSON", "Spaces", "Manifests"]),
    module(
        "Registry", "AccessKeys", ["Foundations", "JSON", "YAML", "Digest", "Signing", "Logging", "Sessions"]),
    tests("Registry", "AccessKeys", ["Foundations", "JSON", "Digest", "Logging", "Sessions", "TestSupport"]),
    module(
        "Registry", "CatalogSQL", ["Foundations", "JSON", "Digest", "Manifests", "Catalog", "AccessKeys"]),
    module(
        "Registry", "CatalogSQLite",
        ["Foundations", "JSON", "Digest", "SQLite", "Manifests", "Catalog", "AccessKeys", "CatalogSQL"]),
    module(
        "Registry", "Usage",
        [
            "Foundations", "HTTPClient", "JSON", "Logging", "Metrics", "Reactor", "Sandboxes", "Sessions", "Signing",
            "SQLite", "YAML",
        ]),
    tests("Registry", "Usage", ["HTTP", "TestSupport", "ScriptedSessions"]),
    module(
        "Registry", "CatalogPostgres",
        ["Foundations", "JSON", "Digest", "Postgres", "Manifests", "Catalog", "AccessKeys", "CatalogSQL"]),
    module(
        "Registry", "Bundles",
        ["Foundations", "JSON", "Digest", "Reactor", "Manifests", "Sandboxes", "Sessions"]),
    module(
        "Registry", "Publishing",
        ["Foundations", "JSON", "Digest", "Signing", "Reactor", "Manifests", "Sessions", "Catalog", "Bundles"]),
    module(
        "Registry", "Review",
        [
            "Foundations", "HTTPClient", "JSON", "Logging", "Digest", "Signing", "YAML", "Reactor", "Manifests",
            "Sessions", "Hooks", "Catalog", "Publishing",
        ]),
    tests("Registry", "Review", ["Admission", "CatalogSQLite", "TestSupport"]),
    tests("Registry", "Catalog", ["JSON", "Manifests"]),
    tests("Registry", "Bundles", ["TestSupport", "Digest", "Manifests", "Sessions"]),
    // One suite for every store.
    .testTarget(
        name: "CatalogStoresTests",
        dependencies: [
            "Foundations", "JSON", "Manifests", "Catalog", "AccessKeys", "CatalogSQL", "CatalogSQLite",
            "CatalogPostgres",
            "SQLite", "Postgres", "Digest", "Logging", "Sessions", "TestSupport",
        ],
        path: "Tests/Registry/CatalogStoresTests", swiftSettings: strict),
    module(
        "Registry", "Admission",
        [
            "Foundations", "JSON", "Logging", "Digest", "Signing", "Spaces", "Manifests", "Reactor", "Workers",
            "Sandboxes", "Sessions", "Trajectories", "Bundles",
        ]),
    tests(
        "Registry", "Admission", ["JSON", "Manifests", "Sessions", "Signing", "Spaces", "Trajectories", "TestSupport"],
        exclude: ["mutants"]),
]

let server: [Target] = [
    module("Server", "Protos", ["Protobuf"]),
    module(
        "Server", "REST",
        [
            "Foundations", "JSON", "Logging", "Metrics", "HTTP", "Pictures", "Spaces", "Manifests", "Sandboxes",
            "Reactor", "Sessions", "Trajectories", "Digest", "YAML", "Compatibility", "RLConfigurations", "Usage",
            "Catalog", "AccessKeys", "Bundles", "Publishing", "Review", "Signing",
        ]),
    module(
        "Server", "DockerGym",
        [
            "Foundations", "JSON", "Logging", "HTTP", "Spaces", "Manifests", "Sandboxes", "Reactor", "Workers",
            "Sessions", "REST",
        ]),
    module(
        "Server", "WebSocketAPI",
        [
            "Foundations", "JSON", "Logging", "Metrics", "HTTP", "WebSocket", "Pictures", "Spaces", "Reactor",
            "Sessions", "REST",
        ]),
    module(
        "Server", "OpenEnv",
        [
            "Foundations", "JSON", "Logging", "HTTP", "WebSocket", "Spaces", "Workers", "Reactor", "Sessions", "REST",
            "WebSocketAPI",
        ]),
    module(
        "Server", "MCP",
        ["Foundations", "JSON", "Logging", "HTTP", "Spaces", "Workers", "Reactor", "Sessions", "REST"]),
    tests("Server", "OpenEnv", ["JSON", "TestSupport"]),
    tests("Server", "MCP", ["Foundations", "TestSupport"]),
    tests(
        "Server", "WebSocketAPI",
        ["HTTP", "Logging", "Metrics", "REST", "TestSupport", "ScriptedSessions", "WebSocket"]),
    module(
        "Server", "GRPCAPI",
        [
            "Foundations", "JSON", "Logging", "Metrics", "GRPC", "Protobuf", "Protos", "Pictures", "Spaces", "Workers",
            "Sandboxes", "Reactor", "Sessions", "REST", "Catalog",
        ]),
    module(
        "Server", "DmEnvRpc",
        [
            "Foundations", "JSON", "GRPC", "Protobuf", "Protos", "Spaces", "Workers", "Reactor", "Sessions", "REST",
            "GRPCAPI",
        ]),
    tests("Server", "REST", ["CatalogSQLite", "TestSupport", "ScriptedSessions"]),
    tests("Server", "DockerGym", ["TestSupport", "ScriptedSessions"]),
]

/// A sanitizer cannot be linked into the launcher; `make sanitize` takes one that was built without.
let launcher: [Target.Dependency] = Context.environment["CORRAL_SANITIZED"] == nil ? ["corral-sandbox"] : []

let commands: [Target] = [
    .executableTarget(
        name: "corral",
        dependencies: [
            "Foundations", "JSON", "Logging", "Metrics", "Arguments", "Configuration", "HTTP", "HTTPClient", "Pictures",
            "OpenEnv", "MCP",
            "Reactor", "Spaces", "Manifests", "Workers", "Containers", "Sandboxes", "Sessions", "Trajectories", "Hooks",
            "REST",
            "Catalog", "AccessKeys", "CatalogSQLite", "CatalogPostgres", "SQLite", "Bundles", "Publishing", "Review",
            "DockerGym", "WebSocket", "WebSocketAPI", "GRPC", "GRPCAPI", "DmEnvRpc", "Protos", "Digest", "YAML",
            "RLConfigurations",
            "Signing", "Admission", "Compatibility", "CorralABI",
            "VectorEnvironments", "NativeEnvironments", "NativeHosts", "Usage",
        ] + launcher,
        path: "Sources/Commands/corral", swiftSettings: strict),
    .executableTarget(
        name: "protoc-gen-corral", dependencies: ["Protobuf"], path: "Sources/Commands/protoc-gen-corral",
        swiftSettings: strict),
    .executableTarget(
        name: "corral-bench-catalog",
        dependencies: ["Foundations", "JSON", "Digest", "Manifests", "Catalog", "CatalogSQLite", "CatalogPostgres"],
        path: "Sources/Commands/corral-bench-catalog", swiftSettings: strict),
    .executableTarget(
        name: "corral-bench-native",
        dependencies: ["Foundations", "CorralABI", "Spaces", "VectorEnvironments", "NativeEnvironments"],
        path: "Sources/Commands/corral-bench-native", swiftSettings: strict),
    tests("Commands", "corral"),
    .target(name: "TestSupport", dependencies: ["Foundations"], path: "Tests/TestSupport", swiftSettings: strict),
    .target(
        name: "ScriptedSessions",
        dependencies: [
            "Foundations", "JSON", "Logging", "Digest", "AccessKeys", "Reactor", "Sandboxes", "Sessions", "Spaces",
            "Workers",
        ],
        path: "Tests/ScriptedSessions", swiftSettings: strict),
]

let package = Package(
    name: "corral",
    products: [
        .executable(name: "corral", targets: ["corral"]),
        // scripts/build-library makes libcorral.so of it: two products cannot have one name.
        .library(name: "CorralLibrary", type: .dynamic, targets: ["CAPI"]),
    ],
    targets: platform + environments + references + runtime + registry + server + commands
)
