import Glibc
import Protobuf

// A plugin of protoc: reads a CodeGeneratorRequest, writes a CodeGeneratorResponse with one Swift file for each file
// that was asked for.

func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(0, &part, part.count)
        if count <= 0 { return bytes }
        bytes += part[..<count]
    }
}

func respond(_ body: (inout ProtobufWriter) -> Void) {
    var writer = ProtobufWriter()
    body(&writer)
    writer.write(ProtobufUInt64.self, 2, 1)  // proto3 optional is understood
    var bytes = writer.bytes[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
        if count <= 0 { exit(1) }
        bytes = bytes.dropFirst(count)
    }
}

do {
    let request = try GeneratorRequest(readAll())
    let types = Generator.types(of: request.files)
    var packages = Set<String>()
    var made: [(name: String, content: String)] = []
    for file in request.files where request.wanted.contains(file.name) {
        var generator = Generator(file, types: types)
        let content = try generator.generate(declaresNamespace: packages.insert(file.package).inserted)
        made.append((file.name.split(separator: ".").dropLast().joined(separator: ".") + ".pb.swift", content))
    }
    respond { writer in
        for file in made {
            var inner = ProtobufWriter()
            inner.write(ProtobufString.self, 1, file.name)
            inner.write(ProtobufString.self, 15, file.content)
            writer.write(ProtobufBytes.self, 15, inner.bytes)
        }
    }
} catch let problem as Generator.Problem {
    respond { $0.write(ProtobufString.self, 1, problem.text) }
} catch {
    respond { $0.write(ProtobufString.self, 1, "\(error)") }
}
