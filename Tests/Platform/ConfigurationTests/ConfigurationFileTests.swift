import Configuration
import Foundations
import Glibc
import Testing

private func withFolder(_ body: (String) throws -> Void) throws {
    var name = Array("/tmp/corral-configuration-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { throw Failure(.internal, "no temporary folder") }
    let folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
        unlink(folder + "/corral/corral.yaml")
        rmdir(folder + "/corral")
        rmdir(folder)
    }
    mkdir(folder + "/corral", 0o700)
    try body(folder)
}

private func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw Failure(.internal, "cannot write") }
    fputs(text, file)
    fclose(file)
}

@Test func `the configuration file is found by name, variable and folder`() throws {
    try withFolder { folder in
        #expect(ConfigurationFile.find(environment: ["XDG_CONFIG_HOME": folder]) == nil)
        try write("port: 1\n", to: folder + "/corral/corral.yaml")
        #expect(ConfigurationFile.find(environment: ["XDG_CONFIG_HOME": folder]) == folder + "/corral/corral.yaml")
        #expect(ConfigurationFile.find(named: "x", environment: ["CORRAL_CONFIG": "y"]) == "x")
        #expect(ConfigurationFile.find(environment: ["CORRAL_CONFIG": "y"]) == "y")
    }
}

@Test func `a file of comments holds nothing and a missing or wrong one is refused`() throws {
    try withFolder { folder in
        let path = folder + "/corral/corral.yaml"
        try write("# nothing\n\n  # here\n", to: path)
        #expect(try ConfigurationFile.read(path) == nil)
        try write("# one\nport: 1\n", to: path)
        #expect(try ConfigurationFile.read(path)?.pair("port")?.keyMark.description == "\(path):2:1")
        try write(String(repeating: "a", count: 2 << 20), to: path)
        #expect(throws: Failure.self) { try ConfigurationFile.read(path) }
        let missing = #expect(throws: Failure.self) { try ConfigurationFile.read(folder + "/none") }
        #expect(missing?.code == .notFound)
        let wrong = #expect(throws: Failure.self) { try ConfigurationFile.read(folder) }
        #expect(wrong?.message == "\(folder) is no file")
    }
}
