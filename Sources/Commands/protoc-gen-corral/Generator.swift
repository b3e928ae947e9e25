/// Writes the Swift values of one `.proto` file.
struct Generator {
    let file: ProtoFile
    /// Every type of the request, by its full name with a dot in front.
    let types: [String: Known]
    private var out = ""
    private var depth = 0

    struct Known {
        let swiftName: String
        let isMapEntry: ProtoMessage?
        let isEnum: Bool
    }

    struct Problem: Error { let text: String }

    init(_ file: ProtoFile, types: [String: Known]) {
        self.file = file
        self.types = types
    }

    /// The types of some files, by their full names.
    static func types(of files: [ProtoFile]) -> [String: Known] {
        var types: [String: Known] = [:]
        func add(_ enums: [ProtoEnum], _ messages: [ProtoMessage], _ name: String, _ swift: String) {
            for one in enums {
                types["\(name).\(one.name)"] = Known(
                    swiftName: "\(swift).\(Names.type(one.name))", isMapEntry: nil, isEnum: true)
            }
            for one in messages {
                let path = (name: "\(name).\(one.name)", swift: "\(swift).\(Names.type(one.name))")
                types[path.name] = Known(
                    swiftName: path.swift, isMapEntry: one.isMapEntry ? one : nil, isEnum: false)
                add(one.enums, one.messages, path.name, path.swift)
            }
        }
        for file in files {
            let package = file.package.isEmpty ? "" : ".\(file.package)"
            add(file.enums, file.messages, package, Names.namespace(file.package))
        }
        return types
    }

    /// - Parameter declaresNamespace: Whether this file is the first of its package.
    mutating func generate(declaresNamespace: Bool) throws(Problem) -> String {
        let space = Names.namespace(file.package)
        line("// Made by protoc-gen-corral from \(file.name). scripts/generate-protos makes it anew.")
        line("// swift-format-ignore-file")
        line("import Protobuf")
        line("")
        if declaresNamespace {
            line("/// Package `\(file.package)`.")
            line("public enum \(space) {}")
            line("")
        }
        try block("extension \(space)") { (generator) throws(Problem) in
            for (place, one) in generator.file.enums.enumerated() { generator.enumeration(one, [5, Int32(place)]) }
            for (place, one) in generator.file.messages.enumerated() {
                try generator.message(one, [4, Int32(place)])
            }
            for (place, one) in generator.file.services.enumerated() { generator.service(one, [6, Int32(place)]) }
            generator.descriptor()
        }
        return out
    }

    mutating func enumeration(_ made: ProtoEnum, _ path: [Int32]) {
        comment(path)
        block("public enum \(Names.type(made.name)): ProtobufEnum") { generator in
            for (place, value) in made.values.enumerated() {
                generator.comment(path + [2, Int32(place)])
                generator.line("case \(Names.enumCase(value.name, of: made.name))")
            }
            generator.line("/// A value that this build does not know.")
            generator.line("case unrecognized(Int32)")
            generator.line("")
            generator.block("public init(rawValue: Int32)") { generator in
                generator.line("switch rawValue {")
                for value in made.values {
                    generator.line("case \(value.number): self = .\(Names.enumCase(value.name, of: made.name))")
                }
                generator.line("default: self = .unrecognized(rawValue)")
                generator.line("}")
            }
            generator.line("")
            generator.block("public var rawValue: Int32") { generator in
                generator.line("switch self {")
                for value in made.values {
                    generator.line("case .\(Names.enumCase(value.name, of: made.name)): \(value.number)")
                }
                generator.line("case .unrecognized(let value): value")
                generator.line("}")
            }
        }
        line("")
    }

    private mutating func service(_ service: ProtoService, _ path: [Int32]) {
        comment(path)
        block("public enum \(service.name)Service") { generator in
            let name = "\(generator.file.package).\(service.name)"
            generator.line("public static let name = \"\(name)\"")
            for (place, method) in service.methods.enumerated() {
                generator.comment(path + [2, Int32(place)])
                generator.line("public static let \(Names.member(method)) = \"/\(name)/\(method)\"")
            }
        }
        line("")
    }

    private mutating func descriptor() {
        let name = Names.member(
            "file_" + (file.name.split(separator: "/").last ?? "").prefix { $0 != "." }.lowercased())
        line("/// The descriptor of the file, for reflection.")
        line("public static let \(name) = ProtobufFile(")
        line("    name: \"\(file.name)\", package: \"\(file.package)\",")
        line("    dependencies: [\(file.dependencies.map { "\"\($0)\"" }.joined(separator: ", "))],")
        line("    symbols: [\(symbols().map { "\"\($0)\"" }.joined(separator: ", "))],")
        line("    hexadecimal: \"\"\"")
        let digits = file.descriptor.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        for start in stride(from: 0, to: digits.count, by: 60) {
            line("        " + digits[start..<min(start + 60, digits.count)].joined())
        }
        line("        \"\"\")")
    }

    private func symbols() -> [String] {
        func names(_ messages: [ProtoMessage], _ outer: String) -> [String] {
            messages.flatMap { message in
                let name = "\(outer).\(message.name)"
                return [name] + message.enums.map { "\(name).\($0.name)" } + names(message.messages, name)
            }
        }
        let package = file.package
        return file.enums.map { "\(package).\($0.name)" } + names(file.messages, package)
            + file.services.flatMap { service in
                ["\(package).\(service.name)"] + service.methods.map { "\(package).\(service.name).\($0)" }
            }
    }

    mutating func comment(_ path: [Int32]) {
        guard let text = file.comments[path] else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.drop { $0 == " " })
        }
        for text in lines.prefix(lines.last == "" ? lines.count - 1 : lines.count) {
            line(text.isEmpty ? "///" : "/// \(text)")
        }
    }

    mutating func line(_ text: String) {
        out += text.isEmpty ? "\n" : String(repeating: "    ", count: depth) + text + "\n"
    }

    mutating func block<Thrown: Error>(
        _ head: String, _ body: (inout Generator) throws(Thrown) -> Void
    ) throws(Thrown) {
        line(head + " {")
        depth += 1
        try body(&self)
        depth -= 1
        line("}")
    }
}
